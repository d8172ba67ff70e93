$! lexicals2.com   Repeats and widths in F$FAO, combination times, F$SETPRV's order, F$MESSAGE of nothing.
$! Sources: DCL Dictionary, F$FAO, F$CVTIME, F$SETPRV; User's Manual, combination times; OpenVMS V8.4 for the order of F$SETPRV
$ SET NOON
$ W = "WRITE SYS$OUTPUT"
$ W F$FAO("!3(3UL)!#*-|",1,2,3,4)
$ W F$FAO("!2(AS)!#(UL)|!#(#UL)|","x","y",2,1,2,2,3,7,8)
$ W F$FAO("!UL !-!3ZL !+!AS",5,6,"x")
$ W F$FAO("!UL!-!AS",5)
$ W F$CVTIME("7-OCT-2026-1-"),"|",F$CVTIME("7-OCT-2026:12:00-2:00"),"|",F$CVTIME("7-OCT-2026 12:00+1-2:30","ABSOLUTE")
$ W F$CVTIME("1-JAN-2026-0-0:0:0.01"),"|",F$CVTIME("28-FEB-2028+1-",,"DATE")
$ W F$CVTIME("TODAY-1-",,"DATE") .EQS. F$CVTIME("YESTERDAY",,"DATE"), F$CVTIME("-1-",,"DATE") .EQS. F$CVTIME("YESTERDAY",,"DATE")
$ W F$CVTIME("7-OCT-2026-")
$ W F$SETPRV("NOOPER,GROUP"),"|",F$SETPRV("OPER,NOGROUP")
$ W F$MESSAGE(0)
$ W F$MESSAGE(2)
$ W F$MESSAGE(1)
$ W "<",F$GETJPI("","IMAGNAME"),">"
