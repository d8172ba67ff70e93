$! FILES.COM - writes a file, reads it back, copies and searches it
$!
$! OPEN gives a file a logical name, which READ, WRITE and CLOSE use. READ takes
$! a label to go to at the end of the file. Lines between a command and the next
$! $ are data for its image, so CREATE needs no editor.
$!
$	ON ERROR THEN GOTO CLEAN_UP
$	CREATE FRUIT.DAT
apple	3
pear	12
plum	7
$	OPEN/APPEND FRUIT FRUIT.DAT
$	WRITE FRUIT F$FAO("cherry!_!UL", 40)
$	CLOSE FRUIT
$!
$	TOTAL = 0
$	OPEN/READ FRUIT FRUIT.DAT
$LOOP:
$	READ/END_OF_FILE=END FRUIT RECORD
$	NAME = F$ELEMENT(0, "	", RECORD)
$	NUMBER = F$INTEGER(F$ELEMENT(1, "	", RECORD))
$	TOTAL = TOTAL + NUMBER
$	WRITE SYS$OUTPUT F$FAO("!10AS!4UL", NAME, NUMBER)
$	GOTO LOOP
$END:
$	CLOSE FRUIT
$	WRITE SYS$OUTPUT F$FAO("!10AS!4UL", "together", TOTAL)
$!
$	COPY FRUIT.DAT BASKET.DAT
$	SEARCH BASKET.DAT "p"
$	FOUND = F$PARSE(F$SEARCH("BASKET.DAT"),,, "NAME") + F$PARSE("BASKET.DAT",,, "TYPE")
$	WRITE SYS$OUTPUT "There is a ", FOUND
$CLEAN_UP:
$	STATUS = $STATUS
$	SET NOON
$	CLOSE/NOLOG FRUIT
$	DELETE FRUIT.DAT;*,BASKET.DAT;*
$	EXIT STATUS
