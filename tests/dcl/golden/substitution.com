$! Three phases of substitution. Source: OpenVMS User's Manual ch. 12; runs on VAX V7.3 (dcl-language.md section 2)
$ SAY := WRITE SYS$OUTPUT
$ NAME = "ALPHA"
$ FTYPE = ".DAT"
$ SAY "''NAME'''FTYPE'"
$ X := 'NAME''FTYPE'
$ SAY X
$ NUM = 1
$ FILE1 = "FOUND"
$ FILE = "'FILE''NUM''"
$ SAY FILE
$ Y := 'FILE'
$ SAY Y
$ A = "'B'"
$ B = "deep"
$ Z := 'A'
$ SAY Z
$ SAY "''A'"
$ SAY "[''NOSUCH']"
$ I = 3
$ P_'I' = "indexed"
$ SAY P_3
$ LC = "lower"
$ DEFINE GOLDEN_L &LC
$ SAY F$TRNLNM("GOLDEN_L")
$ DEASSIGN GOLDEN_L
$ SAY "it's ''F$LENGTH("four")' letters" ! 'NOT' here
$ AL1 := AL2
$ AL2 := SAY
$ AL1 "x"
$ SELF = "'SELF'"
$ SAY 'SELF'
$ EXIT
