$! CRASH.COM - a crash with something to look at: @SYS$EXAMPLES:CRASH YES
$!
$! Two subprocesses run TICKER. Then the system is stopped by a fatal bugcheck,
$! and the contents of memory go to SYS$SYSTEM:SYSDUMP.DMP. Look at them with
$! ANALYZE/CRASH_DUMP after the next start: SHOW CRASH, SHOW SUMMARY, SET
$! PROCESS FIRST, SHOW PROCESS, SHOW CALL_FRAME. What SHOW SYSTEM shows here is
$! what SHOW SUMMARY must show there. `starlet sda --example` does all this.
$!
$	IF P1 .NES. "YES"
$	THEN
$	    WRITE SYS$OUTPUT "CRASH stops the system for everybody. If that is what you want: @CRASH YES"
$	    EXIT
$	ENDIF
$	ON ERROR THEN EXIT
$	SET DEFAULT SYS$MANAGER:
$	MACRO SYS$EXAMPLES:TICKER
$	LINK TICKER
$	RUN/PROCESS_NAME=FIRST/OUTPUT=NL: TICKER
$	RUN/PROCESS_NAME=SECOND/OUTPUT=NL: TICKER
$	WAIT 0:0:2
$	SHOW SYSTEM
$	RUN SYS$SYSTEM:OPCCRASH
