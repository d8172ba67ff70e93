$! TALK.COM - two processes that talk through a lock
$!
$!	@TALK
$!
$! TALK runs in a subprocess, LISTEN here. The messages are in the value block
$! of a resource that both lock; see TALK.MAR.
$!
$	ON ERROR THEN EXIT
$	IF F$SEARCH("TALK.EXE") .NES. "" .AND. F$SEARCH("LISTEN.EXE") .NES. "" THEN GOTO TALKING
$	MACRO TALK
$	LINK TALK
$	MACRO LISTEN
$	LINK LISTEN
$TALKING:
$	DIRECTORY = F$ENVIRONMENT("DEFAULT")
$	RUN/PROCESS_NAME=TALKER 'DIRECTORY'TALK.EXE
$	RUN LISTEN
