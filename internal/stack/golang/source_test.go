package golang

import (
	"strconv"
	"strings"
	"testing"

	"github.com/devup-cli/devup/internal/stack"
	"github.com/devup-cli/devup/internal/tree"
)

// TestPorts: where programs say their port, in the words of several frameworks.
func TestPorts(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`log.Fatal(http.ListenAndServe(":8080", nil))`:                  "8080",
		`log.Println(http.ListenAndServe("0.0.0.0:8081", nil))`:         "8081",
		`log.Println("listening on port :8082")`:                        "",
		`e.Logger.Fatal(e.Start(":1323"))`:                              "1323",
		`r.Run(":9000")`:                                                "9000",
		`app.Listen(":3000")`:                                           "3000",
		`srv := &http.Server{Addr: ":4000"}`:                            "4000",
		`port := getEnv("PORT", "5000")`:                                "5000",
		`db := getEnv("DB_PORT", "5432")`:                               "",
		`addr := flag.String("addr", ":7000", "where")`:                 "7000",
		"\tconst port = \":7001\"\n":                                    "7001",
		"Port int `env:\"PORT\" envDefault:\"7002\"`":                   "7002",
		`viper.SetDefault("server.port", 7003)`:                         "7003",
		`lis, err := net.Listen("tcp", ":50051")`:                       "50051",
		`if port == "" {` + "\n\t\tport = \"8085\"\n\t}":                "8085",
		`client := redis.NewClient(&redis.Options{Addr: redisAddress})`: "",
	} {
		got := ""
		if port, ok := stack.PortIn([]tree.File{{Path: "main.go", Text: text}}, ports...); ok {
			got = strconv.Itoa(port.Number)
		}
		if got != want {
			t.Errorf("%s: port %q, want %q", text, got, want)
		}
	}
}

// TestListens: what shows a server, and what only looks like one.
func TestListens(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		`http.ListenAndServe(addr, nil)`: true, `r.Run()`: true, `r.Run(":" + port)`: true, `e.Start(address)`: true, `app.Listen(":3000")`: true,
		`exec.Command("ls").Run()`: false, `cmd.Run()`: false, `app.Run(os.Args)`: false, `fmt.Println("x")`: false,
	} {
		if got := listens.MatchString(text); got != want {
			t.Errorf("%s: %v", text, got)
		}
	}
}

// TestUses: reads by the names of constants, in their own file and of another one.
func TestUses(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"const OS_ENV_JWT_SECRET = \"JWT_SECRET\"":                                            "JWT_SECRET",
		"const (\n\tsecretKey = \"JWT_SECRET\"\n\tmethod = \"POST\"\n)\nos.Getenv(secretKey)": "JWT_SECRET",
		"const envProd = \"PROD\"\nconst level = \"INFO\"\n":                                  "",
		`os.Getenv("JWT_SECRET")`:                                                             "JWT_SECRET",
	} {
		var got []string
		for _, use := range uses(tree.File{Path: "main.go", Text: text}) {
			got = append(got, use.Name)
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: %v, want %s", text, got, want)
		}
	}
}

// TestEnvFunctions: the functions that read a variable, by their names, and those that only look like it.
func TestEnvFunctions(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`os.Getenv("A")`: "A", `getEnv("A", "1")`: "A", `config.GetEnvOrDefault("A", "1")`: "A", `env.GetString("A", "1")`: "A", `mustEnvInt("A")`: "A", `GetEnvironment("A")`: "A",
		"const (\n\tKey = \"A_KEY\"\n)\nx := os.Getenv(Key)": "A_KEY",

		`sendEnvelope("A")`: "", "const (\n\tSubject = \"HELLO\"\n)\nsendEnvelope(Subject)": "", `os.Setenv("A", "1")`: "", `inventory.Get("A")`: "",
	} {
		var got []string
		for _, u := range uses(tree.File{Path: "main.go", Text: text}) {
			got = append(got, u.Name)
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: %v, want %q", text, got, want)
		}
	}
}
