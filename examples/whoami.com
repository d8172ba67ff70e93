$! WHOAMI.COM - what this process and this system know about themselves
$!
$! F$GETJPI, F$GETSYI and F$TRNLNM are system services made into functions; what
$! they return comes out of the process's own control blocks.
$!
$	SHOW_ITEM = "CALL ITEM"
$	SHOW_ITEM "Process name"    "''F$PROCESS()'"
$	SHOW_ITEM "Username"        "''F$EDIT(F$GETJPI("","USERNAME"),"TRIM")'"
$	SHOW_ITEM "Mode"            "''F$MODE()'"
$	SHOW_ITEM "State"           "''F$GETJPI("","STATE")'"
$	SHOW_ITEM "Base priority"   "''F$GETJPI("","PRIB")'"
$	SHOW_ITEM "System version"  "''F$EDIT(F$GETSYI("VERSION"),"TRIM")'"
$	SHOW_ITEM "Default"         "''F$ENVIRONMENT("DEFAULT")'"
$	IF F$TRNLNM("SYS$COMMAND") .NES. "" THEN SHOW_ITEM "SYS$COMMAND" "is defined"
$!
$! All processes one may look at, a line each: F$PID remembers its place in a symbol
$!
$	CONTEXT = ""
$	COUNT = 0
$NEXT:
$	PID = F$PID(CONTEXT)
$	IF PID .EQS. "" THEN GOTO DONE
$	COUNT = COUNT + 1
$	GOTO NEXT
$DONE:
$	SHOW_ITEM "Processes seen" "''COUNT'"
$	EXIT
$!
$ITEM: SUBROUTINE
$	WRITE SYS$OUTPUT F$FAO("!18AS!AS", P1 + ":", P2)
$ENDSUBROUTINE
