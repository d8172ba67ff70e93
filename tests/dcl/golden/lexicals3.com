$! F$FAO, F$PARSE of nodes, items of F$GETSYI, F$TRNLNM, F$CVTIME: shared/dcl/dcl-lexicals.md; DCL Dictionary, F$FAO directives (one length for a repeat count), F$PARSE, F$CVTIME
$ SET NOON
$ W := WRITE SYS$OUTPUT
$! One length serves a repeat count; arguments step back and over; counts from arguments.
$ W F$FAO("!2(#UL)|",5,1,2), F$FAO("!UL !-!XL !-!%U",%X10004), F$FAO(" !AS!+!AS","A","B","C")
$ W F$FAO("!3(AS)","TO"," ERR"," IS"), F$FAO("|!#(3UL)|",2,7,8), F$FAO("!#*-!#AS|",3,4,"ABCDEF")
$ W F$FAO("|!20(AS)|","X"), F$FAO("!3(UL)",1)
$ W F$FAO("!SL !5SL !2SL !ZL !-!5ZL !-!2ZL",-7,-7,-123,12345)
$ W F$FAO("!XB !XW !XL !3XL !10XL|!OB !OW !OL !5OL",-1,-1,-1,-1,-1,-1,-1,-1,8)
$ W F$FAO("!UB !UW !SB !SW",-1,-1,-1,-1), F$FAO("|!8<!UL!>|!3<TOOLONG!>|",42)
$ W F$FAO("!UL FILE!%S, !UL file!%S, !UL file!%S",0,1,2), F$FAO("!!!_!!|")
$ W F$LENGTH(F$FAO("!%D",0)), " ", F$LENGTH(F$FAO("!%T",0)), " ", F$LENGTH(F$FAO("!11%D",0)), " ", F$LENGTH(F$FAO("!5%T",0))
$! What cannot be read is refused, and DCL goes on.
$ W F$FAO("!%D",5)
$ W F$FAO("!AD",3,"ABC")
$ W F$FAO("!AC!AZ",0,0)
$ W F$FAO("!AF",4,%X7FFE0000-%X40000000)
$ W $STATUS
$! Identifiers: no rights database on this disk, so the number.
$ W F$FAO("!%I !%U !12%I|",%X10004,%X10004,%X10004)
$! Nodes: names on another node are not translated.
$ W F$PARSE("BIRCH::DUA1:[SMITH]FILE.DAT",,,"NODE"), "|", F$PARSE("FILE.DAT","BIRCH::DUA1:[SMITH]",,"NODE"), "|", F$PARSE("FILE.DAT",,,"NODE"), "|"
$ W F$PARSE("BIRCH::DUA1:[SMITH]FILE.DAT",,,,"SYNTAX_ONLY"), " ", F$PARSE("BIRCH::SYS$DISK:FILE",".TXT;3",,,"SYNTAX_ONLY"), " ", F$PARSE("BIRCH""SMITH PASS""::FILE",,,"NODE")
$ W F$PARSE("BIRCH::DUA1:[SMITH]FILE.DAT;2",,,"DEVICE"), F$PARSE("BIRCH::DUA1:[SMITH]FILE.DAT;2",,,"DIRECTORY"), F$PARSE("BIRCH::DUA1:[SMITH]FILE.DAT;2",,,"NAME"), F$PARSE("BIRCH::DUA1:[SMITH]FILE.DAT;2",,,"VERSION")
$! There is no network to look there.
$ W "{", F$PARSE("BIRCH::DUA1:[SMITH]FILE.DAT"), F$SEARCH("BIRCH::DUA1:[SMITH]FILE.DAT"), "}"
$ OPEN/READ IN BIRCH::FILE.DAT
$! Page and swap files, global pages, cluster: from the executive's own figures.
$ W F$GETSYI("PAGEFILE_FREE") .LE. F$GETSYI("PAGEFILE_PAGE"), F$GETSYI("SWAPFILE_FREE") .LE. F$GETSYI("SWAPFILE_PAGE")
$ W F$GETSYI("FREE_GBLPAGES") .GE. F$GETSYI("CONTIG_GBLPAGES"), F$GETSYI("CONTIG_GBLPAGES") .GT. 0, F$GETSYI("FREE_GBLSECTS") .LE. F$GETSYI("GBLSECTIONS"), F$GETSYI("ERRORLOGBUFFERS")
$ W F$GETSYI("CLUSTER_MEMBER"), " ", F$GETSYI("CLUSTER_NODES"), " ", F$GETSYI("CLUSTER_FSYSID"), " ", F$GETSYI("CLUSTER_FTIME"), " ", F$LENGTH(F$GETSYI("NODE_SYSTEMID")), F$LENGTH(F$GETSYI("NODE_SWINCARN"))
$! Logical names that are tables.
$ W F$TRNLNM("LNM$PROCESS","LNM$PROCESS_DIRECTORY",,,,"TABLE"), " ", F$TRNLNM("LNM$SYSTEM_TABLE","LNM$SYSTEM_DIRECTORY",,,,"TABLE"), " ", F$TRNLNM("SYS$DISK",,,,,"TABLE"), "|", F$TRNLNM("NOSUCH",,,,,"TABLE"), "|"
$! A delta time has no weekday.
$ W F$CVTIME("5-10:30","DELTA"), "|", F$CVTIME("5-10:30","DELTA","DAY"), "|", F$CVTIME("0-10:30","DELTA","HOUR")
$ W F$CVTIME("5-10:30","DELTA","WEEKDAY")
$ W F$CVTIME("5-10:30","DELTA","YEAR")
$ X = F$CONTEXT("PROCESS",C,"NODENAME",F$GETSYI("NODENAME"))
$ W F$PID(C) .EQS. F$GETJPI("","PID")
$ X = F$CONTEXT("PROCESS",D,"NODENAME",F$GETSYI("NODENAME"),"NEQ")
$ W "{", F$PID(D), "}"
$! NOACNT is the absence of ACNT, not a privilege of that name; what F$SETPRV says puts things back.
$ P = F$SETPRV("NOACNT")
$ W P, " ", F$PRIVILEGE("ACNT"), F$PRIVILEGE("NOACNT")
$ P = F$SETPRV(P)
$ W P, " ", F$PRIVILEGE("ACNT")
$ W F$LOCATE("NOACNT",F$GETJPI("","CURPRIV")) .EQ. F$LENGTH(F$GETJPI("","CURPRIV"))
$! Geometry of the disk; the most virtual memory the process had.
$ W F$GETDVI("DUA0","SECTORS"), " ", F$GETDVI("DUA0","TRACKS"), " ", F$GETDVI("DUA0","CYLINDERS")*51*14 .GE. F$GETDVI("DUA0","MAXBLOCK")
$ W F$GETJPI("","VIRTPEAK") .GT. 0
$! No time at all is a delta time too; a colon divides date and time, the next one hours and minutes.
$ W F$CVTIME("0","DELTA"), "|", F$CVTIME("::30","DELTA"), "|", F$CVTIME("0-","DELTA","DAY"), "|", F$DELTA_TIME("1-JAN-1986","1-JAN-1986"), "|", F$DELTA_TIME("1-JAN-1986","1-JAN-1986","DCL")
$ W F$CVTIME("1-JAN-1986::30"), "|", F$CVTIME("1-JAN-1986:::30"), "|", F$CVTIME("1-JAN-1986 14"), "|", F$CVTIME("1-JAN-1986:14:30")
