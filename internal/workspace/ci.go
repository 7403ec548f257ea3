package workspace

// githubActions is a runner of GitHub Actions: nobody's browser reaches it.
func githubActions() provider {
	return provider{
		Place: Place{Provider: "github-actions", Title: "GitHub Actions"},
		here:  func(p probe) bool { return p.env("GITHUB_ACTIONS") == "true" },
	}
}

// ci is any other machine that runs tests.
func ci() provider {
	return provider{
		Place: Place{Provider: "ci", Title: "CI"},
		here:  func(p probe) bool { return p.env("CI") == "true" || p.env("CI") == "1" },
	}
}
