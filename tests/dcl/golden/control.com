$! Flow of control, nested. Source: DCL Dictionary, IF, GOTO, GOSUB, CALL, ON, EXIT
$ SAY = "WRITE SYS$OUTPUT"
$ I = 0
$OUTER: I = I + 1
$ IF I .GT. 3 THEN GOTO DONE
$ J = 0
$INNER:
$ J = J + 1
$ IF J .GT. I
$ THEN
$   SAY "row ''I' done"
$   GOTO OUTER
$ ELSE
$   IF (J .EQ. 2) .AND. (I .EQ. 2) THEN SAY "middle"
$ ENDIF
$ GOTO INNER
$DONE:
$ GOSUB HELPER
$ SAY "status ''$STATUS'"
$ CALL REPORT one "Two  words"
$ SAY "from CALL ''$STATUS'"
$ CALL REPORT again
$ SET NOON
$ CALL FAILS
$ SAY "after failure ''$STATUS' ''$SEVERITY'"
$ SET ON
$ ON ERROR THEN GOTO CAUGHT
$ CALL FAILS
$ SAY "never"
$CAUGHT:
$ SAY "caught"
$ @SUB first
$ SAY "level ''F$ENVIRONMENT("DEPTH")' ''GLOBAL_FROM_SUB'"
$ EXIT
$HELPER:
$ SAY "in helper"
$ RETURN %X10000003
$REPORT: SUBROUTINE
$ IF P2 .EQS. "" THEN EXIT 1
$ SAY P1, "/", P2, " depth ", F$ENVIRONMENT("DEPTH")
$ ENDSUBROUTINE
$FAILS: SUBROUTINE
$ EXIT %X1000002C
$ ENDSUBROUTINE
