$! What endings.com calls: ends in several ways.
$ GOTO 'P1'
$EOF: NOVERB
$ IF P1 .EQS. "EOF" THEN GOTO LAST
$VALUE: EXIT 'P2'
$LAST:
