$! PRIMES.COM - the prime numbers up to a limit, by trial division
$!
$!	@PRIMES [limit]		the limit is 50 when none is given
$!
$! Shows integer symbols, a loop made of a label and GOTO, and a subroutine
$! called with GOSUB. DCL has integers of 32 bits and no real numbers.
$!
$	IF P1 .EQS. "" THEN P1 = 50
$	IF F$TYPE(P1) .NES. "INTEGER"
$	THEN
$		WRITE SYS$OUTPUT "PRIMES: the limit must be a number, not ''P1'"
$		EXIT %X10000002			! an error, and the message has been shown
$	ENDIF
$	LIMIT = F$INTEGER(P1)
$	LINE = ""
$	COUNT = 0
$	N = 2
$NEXT:
$	IF N .GT. LIMIT THEN GOTO DONE
$	GOSUB TEST_N
$	IF .NOT. IS_PRIME THEN GOTO STEP
$	COUNT = COUNT + 1
$	LINE = LINE + F$FAO("!5UL", N)
$	IF F$LENGTH(LINE) .LT. 50 THEN GOTO STEP
$	WRITE SYS$OUTPUT LINE
$	LINE = ""
$STEP:
$	N = N + 1
$	GOTO NEXT
$DONE:
$	IF LINE .NES. "" THEN WRITE SYS$OUTPUT LINE
$	WRITE SYS$OUTPUT F$FAO("!UL prime!%S up to !UL", COUNT, LIMIT)
$	EXIT
$!
$! Is N a prime number? The answer is in IS_PRIME.
$!
$TEST_N:
$	IS_PRIME = 1
$	D = 2
$TRY:
$	IF D * D .GT. N THEN RETURN
$	IF N - (N / D) * D .EQ. 0
$	THEN
$		IS_PRIME = 0
$		RETURN
$	ENDIF
$	D = D + 1
$	GOTO TRY
