$! WORDS.COM - counts the words of a sentence, longest first
$!
$!	@WORDS "sentence"
$!
$! Shows string functions, and symbols whose names are put together while the
$! procedure runs: COUNT_THE, COUNT_CAT ... serve as an array indexed by words.
$!
$	TEXT = P1
$	IF TEXT .EQS. "" THEN TEXT = "the cat saw the dog and the dog saw the cat"
$	TEXT = F$EDIT(TEXT, "UPCASE,COMPRESS,TRIM")
$	SEEN = ""
$	TOTAL = 0
$	LONGEST = 0
$	I = 0
$SPLIT:
$	WORD = F$ELEMENT(I, " ", TEXT)
$	IF WORD .EQS. " " THEN GOTO SORTED
$	I = I + 1
$	TOTAL = TOTAL + 1
$	IF F$LENGTH(WORD) .GT. LONGEST THEN LONGEST = F$LENGTH(WORD)
$	IF F$TYPE(COUNT_'WORD') .EQS. ""
$	THEN
$		COUNT_'WORD' = 1
$		SEEN = SEEN + WORD + " "
$	ELSE
$		COUNT_'WORD' = COUNT_'WORD' + 1
$	ENDIF
$	GOTO SPLIT
$!
$! Every length from the longest down, and the words of that length as they came
$!
$SORTED:
$	SIZE = LONGEST
$BY_SIZE:
$	IF SIZE .EQ. 0 THEN GOTO DONE
$	I = 0
$BY_WORD:
$	WORD = F$ELEMENT(I, " ", SEEN)
$	I = I + 1
$	IF WORD .EQS. "" .OR. WORD .EQS. " " THEN GOTO SMALLER
$	IF F$LENGTH(WORD) .EQ. SIZE THEN -
		WRITE SYS$OUTPUT F$FAO("!15AS!4UL", WORD, COUNT_'WORD')
$	GOTO BY_WORD
$SMALLER:
$	SIZE = SIZE - 1
$	GOTO BY_SIZE
$DONE:
$	WRITE SYS$OUTPUT F$FAO("!UL word!%S in all", TOTAL)
$	EXIT
