$! Where labels are found. Source: dcl-language.md sections 1 and 7: a hyphen continues a command only in front of a comment and outside quotes.
$ GOTO A
$!---------------------------------------------
$A: WRITE SYS$OUTPUT "behind a line of hyphens"
$ GOSUB B
$ GOTO C
$ X = 1 - ! the command goes on
   - 2
$ X = "open -
$B: WRITE SYS$OUTPUT "behind an open string"
$ RETURN
$ X = 1 + -
$! a comment between
C: + 2
$! --
$C: WRITE SYS$OUTPUT "the last line of a command is no label"
$ EXIT
