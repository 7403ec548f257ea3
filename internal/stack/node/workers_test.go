package node

import "testing"

// TestMakesTables: code by which a server makes its tables in development.
func TestMakesTables(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"db.sequelize.sync().then(start)":                                       true,
		"await sequelize.sync({ alter: true })":                                 true,
		"glob.sync('*.js')":                                                     false,
		"synchronize: true,":                                                    true,
		"synchronize: false,":                                                   false,
		"synchronize: process.env.NODE_ENV !== 'production',":                   true,
		"synchronize: config.get<string>('NODE_ENV') === \"development\",":      true,
		"synchronize: !isProduction,":                                           true,
		"synchronize: process.env.DB_SYNC === 'true',\n  other: isDevelopment,": false,
	} {
		if got := syncs.MatchString(text); got != want {
			t.Errorf("%s: %v, want %v", text, got, want)
		}
	}
}
