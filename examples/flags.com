$! FLAGS.COM - two processes and a common event flag: FLAGS.MAR is run in a subprocess and here.
$ MACRO SYS$EXAMPLES:FLAGS
$ LINK FLAGS
$ SPAWN/NOWAIT RUN FLAGS
$ WAIT 00:00:01
$ RUN FLAGS
$ WAIT 00:00:01
$ DELETE FLAGS.OBJ;*,FLAGS.EXE;*
