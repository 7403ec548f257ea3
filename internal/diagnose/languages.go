package diagnose

import (
	"cmp"
	"strings"

	"github.com/devup-cli/devup/internal/diagnose/rule"
	"github.com/devup-cli/devup/internal/stack/python"
)

// notResolved is what Node, TypeScript and bundlers say before the name of what is imported. What apt
// says of hosts has other quotes.
const notResolved = `(?:(?:Cannot find (?:package|module)|Can't resolve) '|(?:Failed to resolve import|Could not resolve) ")`

// nodeRules are about Node, npm and what is built with them.
var nodeRules = []rule.Rule{
	{
		Reason: "lock-file", Scope: step, Rank: rule.First,
		Pattern:  re("npm (?:ci|install).*can only install|`npm ci` command can only install with an existing|package\\.json and package-lock\\.json.*in sync|npm error code EUSAGE|lockfile needs to be updated|lockfile would have been modified by this install|ERR_PNPM_(?:OUTDATED|NO)_LOCKFILE|Cannot install with \"frozen-lockfile\"|changed significantly since poetry\\.lock was last generated|Pipfile\\.lock \\(\\w+\\)(?: is)? out of date"),
		Sentence: "the lock file does not match the list of packages next to it",
		Hint:     "run npm install (or yarn, pnpm install, poetry lock, pipenv lock) in the service's directory, and commit the lock file",
	},
	{
		Reason: "native-module", Scope: step, Rank: rule.First, Pattern: re(`invalid ELF header|installed esbuild for another platform|was compiled against a different Node\.js version|Cannot find module @rollup/rollup-`),
		Sentence: "a package in node_modules was installed for another system or another version of Node",
		Hint:     "keep node_modules of this machine out of the container: name it in .dockerignore, and add an anonymous volume at the service's node_modules",
	},
	{
		Reason: "prisma", Scope: step, Rank: rule.High, Pattern: re(`@prisma/client did not initialize yet|Prisma Client could not locate the Query Engine`),
		Sentence: "the client of Prisma was not generated in this image", Hint: "run `npx prisma generate` in the Dockerfile after the packages are installed",
	},
	{
		Reason: "openssl", Scope: step, Rank: rule.High, Pattern: re(`ERR_OSSL_EVP_UNSUPPORTED|error:0308010C|digital envelope routines::unsupported`),
		Sentence: "the build tools need the old OpenSSL, which Node 17 and newer do not have", Hint: "set NODE_OPTIONS=--openssl-legacy-provider in the service's environment, or use Node 16",
		BuildHint: "set ENV NODE_OPTIONS=--openssl-legacy-provider in the Dockerfile, or use Node 16",
	},
	{
		Reason: "npm-script", Scope: step, Rank: rule.High, Pattern: re(`(?i)npm (?:ERR!|error) missing script:? "?(?P<script>[^"\s]+)"?`),
		Sentence: "package.json has no script named $script", Hint: "add a \"$script\" script to package.json, or change the command",
	},
	{
		Reason: "package-json", Scope: step, Rank: rule.High, Pattern: re(`npm (?:ERR!|error) enoent .*package\.json|Could not read package\.json`),
		Sentence: "there is no package.json in the directory that it runs in", Hint: "check the WORKDIR and the volumes of the service",
		BuildHint: "check the WORKDIR, and copy package.json before this step",
	},
	{
		Reason: "packages-missing", Scope: program, Rank: rule.High,
		Pattern:  re(`^(?:sh|/bin/sh): (?:\d+: |line \d+: )?(?P<tool>react-scripts|vite|next|nuxt|ng|vue-cli-service|webpack|webpack-dev-server|nodemon|ts-node|ts-node-dev|tsx|tsc|concurrently|cross-env|nest|astro|parcel|svelte-kit|remix|gatsby|turbo): (?:command )?not found`),
		Sentence: "$tool is not installed: the container has no node_modules of its own, or a bind mount hides it",
		Hint:     "add an anonymous volume at the service's node_modules, or run npm install in its directory",
	},
	{
		Reason: "path-alias", Scope: step | Source, Pattern: re(notResolved + `(?P<alias>[@~]/[^'"]*)['"]`),
		Sentence: "the path alias in $alias is not configured", Hint: "configure the alias in tsconfig.json or jsconfig.json (`paths`) and in the bundler or runner, or import by a relative path",
	},
	{
		Reason: "module-missing", Scope: step | Source, Pattern: re(notResolved + `(?P<module>(?:@[^'"/]+/)?[^'"./@~][^'"/]*)[^'"]*['"]|^\s+(?P<module2>[^\s./~]\S*) \(imported by /`),
		Sentence: "Node finds no package named $module", Hint: "add $module to package.json and run `devup up` again",
	},
	{
		Reason: "file-missing", Scope: step | Source, Pattern: re(notResolved + `(?P<file>[./][^'"]*)['"]`),
		Sentence: "Node finds no file $file", Hint: "check the path and the case of its letters; Linux tells Routes from routes",
	},
	{
		Reason: "env-missing", Scope: program, Rank: rule.High, Pattern: re("parameter to `openUri\\(\\)` must be a string, got \"?undefined"),
		Sentence: "mongoose is given no address of a database", Hint: "set the variable that the program takes it from, often MONGO_URI or MONGODB_URI, in the service's environment",
	},
}

// pythonRules are about Python, pip and what runs on them.
var pythonRules = []rule.Rule{
	{
		Reason: "library-missing", Scope: step, Rank: rule.High, Pattern: re(`ImportError: (?P<library>lib\S+\.so[.\d]*): cannot open shared object file`),
		Sentence: "the image lacks the system library $library", Hint: "install it in the Dockerfile with apt-get, or use the package's binary build (psycopg2-binary)",
	},
	{
		Reason: "pg-config", Scope: step, Rank: rule.High, Pattern: re(`pg_config executable not found`),
		Sentence: "psycopg2 is to be compiled, but the image has no pg_config", Hint: "name psycopg2-binary in place of psycopg2, or install libpq-dev in the Dockerfile",
	},
	{ // names that projects give to their own modules
		Reason: "module-path", Scope: step, Rank: rule.High, Pattern: re(`(?:ModuleNotFoundError|ImportError): No module named '(?P<module>(?:api|app|backend|config|core|database|db|main|models|routes|schemas|server|settings|src|utils)(?:\.[\w.]+)?)'`),
		Sentence: "Python finds no module named $module on its path", Hint: "set PYTHONPATH to the directory that holds it; for Alembic, write `prepend_sys_path = .` in alembic.ini",
	},
	{
		Reason: "module-missing", Scope: step, Pattern: re(`(?:ModuleNotFoundError|ImportError): No module named '?(?P<module>[\w.]+)'?|python[\d.]*: No module named (?P<module2>[\w.]+)`),
		Sentence: "Python finds no module named $module", Hint: "check its spelling, or, if it is a package, add $package to requirements.txt, Pipfile or pyproject.toml and run `devup up` again",
		Adjust: func(n map[string]string) {
			top, _, _ := strings.Cut(n["module"], ".")
			n["package"] = cmp.Or(python.PackageOf(top), strings.ReplaceAll(top, "_", "-"))
		},
	},
	{
		Reason: "import", Scope: step, Pattern: re(`ImportError: cannot import name '(?P<name>\w+)' from (?:partially initialized module )?'(?P<from>[\w.]+)'`),
		Sentence: "Python cannot import $name from $from", Hint: "check which version of $from the list of packages asks for, and for modules that import each other",
	},
	{
		Reason: "aws-region", Scope: program, Pattern: re(`NoRegionError: You must specify a region`),
		Sentence: "the AWS library knows no region", Hint: "set AWS_DEFAULT_REGION in the service's environment; any value does for a start",
	},
	{
		Reason: "aws-credentials", Scope: program, Pattern: re(`NoCredentialsError: Unable to locate credentials|CredentialsProviderError`),
		Sentence: "the AWS library finds no credentials", Hint: "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY in the service's environment",
	},
}
