$! Verification shows lines after apostrophe substitution. Source: VAX V7.3 logs (dcl-language.md section 8)
$ NAME = "it"
$ SET VERIFY
$ WRITE SYS$OUTPUT "see ''NAME'"   ! comment stays
$ X = 1 + -
    2
$ IF X .EQ. 4
$ THEN
$   WRITE SYS$OUTPUT "no"
$ ENDIF
$ GOTO OVER
$ WRITE SYS$OUTPUT "passed over"
$OVER:
$ V = 'F$VERIFY(0)
$ WRITE SYS$OUTPUT "quiet ''V'"
