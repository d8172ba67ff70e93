$! Limits: 32 levels, the terminal's too (run on V7.3, dcl-language.md section 6); 16 with SET CLI/LEVEL=4.4; GOSUB 16 deep (9.1);
$! 8191 characters in symbol, line and record (section 4, V7.3-1).
$ SET NOON
$ CALL DEEPER 1
$ GOSUB AGAIN
$ SHOW SYMBOL TURNS
$ A = F$FAO("!128*a")
$ A = A + A + A + A + A + A + A + A
$ A = A + A + A + A
$ B = A + A
$ SHOW SYMBOL $STATUS
$ WRITE SYS$OUTPUT F$LENGTH(A), " ", F$TYPE(B)
$ WRITE SYS$OUTPUT A, A
$ X = "''A'" + -
 "''A'"
$ OPEN/WRITE F LONG.DAT
$ WRITE F A
$ WRITE F "short"
$ CLOSE F
$ OPEN F LONG.DAT
$ READ F R
$ READ F R
$ CLOSE F
$ SHOW SYMBOL R
$ EXIT 1
$DEEPER: SUBROUTINE
$ NEXT = P1 + 1
$ IF NEXT .EQ. 31 THEN WRITE SYS$OUTPUT "level ", F$ENVIRONMENT("DEPTH")
$ CALL DEEPER 'NEXT'
$ ENDSUBROUTINE
$AGAIN:
$ IF F$TYPE(TURNS) .EQS. "" THEN TURNS = 0
$ TURNS = TURNS + 1
$ GOSUB AGAIN
$ RETURN 1
