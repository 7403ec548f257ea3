package workspace

// ProviderNames are the names of all providers.
func ProviderNames() []string {
	var names []string
	for _, p := range providers() {
		names = append(names, p.Provider)
	}
	return names
}
