$! comments.com   F$VERIFY works in a comment too, nothing else does.  Source: DCL Dictionary, F$VERIFY; dcl-language.md section 8
$ X = 1
$ SET VERIFY
$ Y = 1 ! 'X' and ''X' stay
$ ! 'F$VERIFY(0)' - from here on nothing is shown
$ SHOW SYMBOL X
$ ! 'F$VERIFY(1)' - from here on everything
$ SHOW SYMBOL X
$ Y = 2 ! 'F$VER(0) without an apostrophe behind it
$ SHOW SYMBOL Y
$ Z = "'F$VERIFY(1)' ! is text"
$ SHOW SYMBOL Z
$ WRITE SYS$OUTPUT F$VERIFY()
