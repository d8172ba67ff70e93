$! BUILD.COM - assembles, links and runs a MACRO-32 program when it needs to
$!
$!	@BUILD [program]	HELLO when none is given
$!
$! A small make: the source is assembled only if the object file is missing or
$! older, and so on. Dates compare as text when F$CVTIME puts the year first.
$!
$	ON ERROR THEN EXIT
$	NAME = P1
$	IF NAME .EQS. "" THEN NAME = "HELLO"
$	CALL OLDER 'NAME'.OBJ 'NAME'.MAR
$	IF IS_OLDER
$	THEN
$		WRITE SYS$OUTPUT "assembling ", NAME
$		MACRO 'NAME'
$	ENDIF
$	CALL OLDER 'NAME'.EXE 'NAME'.OBJ
$	IF IS_OLDER
$	THEN
$		WRITE SYS$OUTPUT "linking ", NAME
$		LINK 'NAME'
$	ENDIF
$	RUN 'NAME'
$	EXIT $STATUS
$!
$! OLDER result source: is the result missing, or older than its source?
$!
$OLDER: SUBROUTINE
$	IS_OLDER == 1
$	IF F$SEARCH(P1) .EQS. "" THEN EXIT
$	MADE = F$CVTIME(F$FILE_ATTRIBUTES(P1, "CDT"), "COMPARISON")
$	FROM = F$CVTIME(F$FILE_ATTRIBUTES(P2, "CDT"), "COMPARISON")
$	IF MADE .GES. FROM THEN IS_OLDER == 0
$ENDSUBROUTINE
