package detect

// decideRemarks says what will not work in a container, or not everywhere, as
// the files stand.
func decideRemarks(all services, c *candidate) {
	remarkCalls(all, c)
	decideCalls(all, c)
	if remark := c.Of.Language.Remarks; remark != nil {
		remark(c.App)
	}
}
