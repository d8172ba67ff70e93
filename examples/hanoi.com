$! HANOI.COM - the towers of Hanoi, by a procedure that calls itself
$!
$!	@HANOI [disks]		3 when none is given
$!
$! Every @ or CALL makes a new command level with P1 to P8 and local symbols of
$! its own, so a subroutine can call itself. DCL allows 32 levels. What all
$! levels must share is a global symbol, made with ==.
$!
$	IF P1 .EQS. "" THEN P1 = 3
$	HANOI_MOVES == 0
$	CALL MOVE 'P1' left right middle
$	WRITE SYS$OUTPUT F$FAO("!UL move!%S", HANOI_MOVES)
$	DELETE/SYMBOL/GLOBAL HANOI_MOVES
$	EXIT
$!
$! MOVE n from to by: the n smallest disks
$!
$MOVE: SUBROUTINE
$	IF P1 .EQ. 0 THEN EXIT
$	REST = P1 - 1
$	CALL MOVE 'REST' 'P2' 'P4' 'P3'
$	HANOI_MOVES == HANOI_MOVES + 1
$	WRITE SYS$OUTPUT F$FAO("!4UL  disk !UL  !6AS -> !AS", HANOI_MOVES, F$INTEGER(P1), P2, P3)
$	CALL MOVE 'REST' 'P4' 'P3' 'P2'
$ENDSUBROUTINE
