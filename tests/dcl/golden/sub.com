$! Called by CONTROL.COM
$ WRITE SYS$OUTPUT "sub got ''P1' at ", F$ENVIRONMENT("DEPTH")
$ GLOBAL_FROM_SUB == "set below"
$ LOCAL_HERE = 1
$ EXIT
