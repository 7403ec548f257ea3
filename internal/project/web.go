package project

// Web tells whether a browser would get an answer on the port: it speaks TCP,
// and by convention HTTP.
func (p Port) Web() bool { return p.web() }
