package cli

// ownerOf is root: on Windows files have no owners that containers could count.
func ownerOf(string) (uid, gid int) { return 0, 0 }
