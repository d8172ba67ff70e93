$! What F$PARSE makes of names and defaults: run on VMS V5.5-2H4 with a default directory of two levels (published table of an Oberon compiler's
$! project, October 2026; devices and directories renamed). Relative directories go with the default directory alone.
$ SET NOON
$ OLD = F$ENVIRONMENT("DEFAULT")
$ SET DEFAULT DUA0:[USERS.POC]
$ DEFINE/PROCESS T_DIR DUA0:[USERS.POC]
$ DEFINE/PROCESS T_DEV DUA0:
$ DEFINE/PROCESS/TRANSLATION=CONCEALED T_ROOT DUA0:[USERS.]
$ CALL T "DUA9:F.C" "DUA0:[X]"
$ CALL T "DUA9:F.C"
$ CALL T "DUA9:[.A]F.C" "DUA0:[X]"
$ CALL T "[A]F" "DUA9:"
$ CALL T "_DUA0:F.C"
$ CALL T "T_DIR:F.C" "DUA9:[X]"
$ CALL T "T_DEV:F.C" "DUA9:[X]"
$ CALL T "T_DIR:[.A]F.C"
$ CALL T "[.A]F.C" "DUA0:[X.Y]"
$ CALL T "[-.B]F.C" "DUA0:[X.Y]"
$ CALL T "[--]F.C" "DUA0:[X.Y]"
$ CALL T "[---]F.C" "DUA0:[X.Y]"
$ CALL T "<A.B>F.C"
$ CALL T "[.A]F.C" "[.B]"
$ CALL T "F.C" "[-]"
$ CALL T "FOO." ".OBJ"
$ CALL T "FOO" ".OBJ;5"
$ CALL T "FOO.;" ".OBJ;5"
$ CALL T "FOO.BAR.3"
$ CALL T ";7" "X.Y;5"
$ CALL T "NODE::DUA0:[A]F.C"
$ CALL T "NODE::F.C"
$ CALL T "T_ROOT:[POC]F.C"
$ CALL T "DUA0:[X]DUA9:F.C"
$ CALL T "DUA0:[X][Y]F.C"
$ CALL T "DUA0:[000000]"
$ CALL T "DUA0:[000000.USERS.POC]"
$ CALL T "[A.B.C.D.E.F.G.H]F.C"
$ CALL T "[A.B.C.D.E.F.G.H.I]F.C"
$ CALL T "A.B.C"
$ CALL T "a b.c"
$ CALL T "A,B.C"
$ CALL T "F" "" "DUA9:[X.Y]Z.Q;4"
$ CALL T "[.A]F.C" "" "DUA9:[X.Y]Z.Q;4"
$ CALL T "F" ".OBJ" "DUA9:[X.Y]Z.Q;4"
$ CALL T "F" "DUA0:[A]" "DUA9:[X.Y]Z.Q;4"
$ CALL T "DUA0:F" "" "DUA9:[X.Y]Z.Q;4"
$ DEASSIGN T_DIR
$ DEASSIGN T_DEV
$ DEASSIGN T_ROOT
$ SET DEFAULT 'OLD'
$ EXIT 1
$T: SUBROUTINE
$ WRITE SYS$OUTPUT F$PARSE(P1,P2,P3,,"SYNTAX_ONLY")
$ ENDSUBROUTINE
