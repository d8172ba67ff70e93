$! Operators, types and conversions. Source: runs on VAX V7.3 (dcl-language.md section 5)
$ W := WRITE SYS$OUTPUT
$ W "abc"+1, " ", "12"+"3", " ", " 12"+0, " ", "%X10"+0, " ", "12XY"+0, " ", -"5"
$ W 10 .EQS. "10", " ", .NOT. 1, " ", .NOT. 1 .EQ. 0, " ", 3 .AND. 5, " ", "T" .AND. "Y", " ", 1 .EQ. .NOT. 0
$ W - - 3, " ", 1+2*3, " ", (1+2)*3, " ", -8/3, " ", 7/0, " ", 4294967297
$ W "HELLO" - "L", " ", "abc" .EQS. "ab" + "c", " ", "a" .LTS. "b", " ", 2.GT.1.AND.3.GT.2
$ W 12AB
$ W 1.5
$ W 1 +
$ W NOSUCH
$ X = 1 + 2)
$ W X
$ BELL = 7
$ BELL[5,1] = 1
$ W BELL
$ TXT := ABCDEF
$ TXT[1,3] := X
$ W "<", TXT, ">"
$ SHOW SYMBOL BELL
$ SHOW SYMBOL TXT
