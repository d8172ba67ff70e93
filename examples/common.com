$! COMMON.COM - one image leaves a text in the common area of the process, other images run, and it is still there.
$ MACRO SYS$EXAMPLES:COMMON
$ LINK COMMON
$ RUN COMMON
$ SHOW TIME
$ RUN COMMON
$ DELETE COMMON.OBJ;*,COMMON.EXE;*
