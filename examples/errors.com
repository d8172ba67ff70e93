$! ERRORS.COM - what happens to a procedure when a command fails
$!
$! A command leaves its condition value in $STATUS and the severity, its low
$! three bits, in $SEVERITY: 0 warning, 1 success, 2 error, 3 information,
$! 4 severe error. ON says what to do when it is as bad as that or worse; the
$! order holds until it has been obeyed once.
$!
$	SAY = "WRITE SYS$OUTPUT"
$	SAY "1. Without any order an error ends the procedure, so give one:"
$	ON WARNING THEN GOTO CAUGHT
$	TYPE NO_SUCH_FILE.TXT
$	SAY "never reached"
$CAUGHT:
$	SAVED = $STATUS
$	SAY "   caught, severity ", SAVED .AND. 7
$!
$	SAY "2. SET NOON lets everything pass; look at $STATUS yourself:"
$	SET NOON
$	SET DEFAULT [.NO_SUCH_DIRECTORY]FILE
$	SAY "   $STATUS is ", $STATUS
$	SET ON
$!
$	SAY "3. A message of one's own, from a status of the system:"
$	SAY "   ", F$MESSAGE(%X00000910)
$!
$	SAY "4. A subroutine has orders of its own:"
$	CALL CAREFUL
$	SAY "   and back, $SEVERITY is ", $SEVERITY
$	EXIT 1
$!
$CAREFUL: SUBROUTINE
$	ON ERROR THEN EXIT 1
$	DELETE ONE_WITHOUT.VERSION
$	SAY "never reached either"
$ENDSUBROUTINE
