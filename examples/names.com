$! NAMES.COM - logical names as a way to pass values: who sees a name depends on the table it is in.
$ DEFINE/NOLOG/PROCESS EXAMPLE_PROCESS "this process"
$ DEFINE/NOLOG/JOB EXAMPLE_JOB "every process of this job"
$ DEFINE/NOLOG/USER EXAMPLE_USER "the next image"
$ WRITE SYS$OUTPUT "EXAMPLE_JOB is for ", F$TRNLNM("EXAMPLE_JOB")
$ SPAWN SHOW LOGICAL EXAMPLE_JOB
$ SHOW LOGICAL EXAMPLE_PROCESS
$ TYPE NL:
$ WRITE SYS$OUTPUT "After an image a user mode name is """, F$TRNLNM("EXAMPLE_USER"), """"
$ DEASSIGN/PROCESS EXAMPLE_PROCESS
$ DEASSIGN/JOB EXAMPLE_JOB
