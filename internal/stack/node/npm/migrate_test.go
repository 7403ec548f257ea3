package npm

import (
	"strings"
	"testing"
)

// TestMigrate: the command that brings the database up to date, and the one that fills it.
func TestMigrate(t *testing.T) {
	t.Parallel()
	const schema = "\n-- prisma/schema.prisma --\ndatasource db { provider = \"postgresql\" }\n"
	for _, test := range []struct{ name, files, dir, want string }{
		{"nothing", `{"scripts": {"seed": "node a.js"}, "dependencies": {"express": "4"}}`, ".", ""},
		{"Prisma's migrations", "-- package.json --\n{\"dependencies\": {\"prisma\": \"5\"}, \"prisma\": {\"seed\": \"node seed.js\"}}" + schema + "-- prisma/migrations/1/migration.sql --\n", ".", "npx prisma migrate deploy | npx prisma db seed"},
		{"a seed in the settings of Prisma", "-- package.json --\n{\"dependencies\": {\"prisma\": \"7\"}}\n-- prisma.config.ts --\nexport default defineConfig({ migrations: { seed: 'tsx prisma/seed.ts' } })\n-- prisma/seed.ts --\nawait prisma.user.upsert({})\n" + schema, ".", "npx prisma db push | npx prisma db seed once"},
		{"Prisma without migrations", "-- package.json --\n{\"dependencies\": {\"prisma\": \"5\"}, \"scripts\": {\"db:seed\": \"node seed.js\"}}" + schema, ".", "npx prisma db push | npm run db:seed"},
		{"Prisma with MongoDB", "-- package.json --\n{\"dependencies\": {\"prisma\": \"5\"}}\n-- prisma/migrations/1/migration.sql --\n-- prisma/schema.prisma --\nprovider = \"mongodb\"\n", ".", "npx prisma db push"},
		{"a script for Prisma", "-- package.json --\n{\"dependencies\": {\"prisma\": \"5\"}, \"scripts\": {\"db\": \"prisma migrate deploy\", \"a\": \"prisma migrate dev\"}}" + schema, ".", "npm run db"},
		{"Prisma in a member", "-- package.json --\n{\"workspaces\": [\"apps/*\", \"libs/*\"]}\n-- pnpm-lock.yaml --\nlockfileVersion: 6\n-- apps/api/package.json --\n{\"dependencies\": {\"@x/db\": \"*\"}}\n-- libs/db/package.json --\n{\"name\": \"@x/db\", \"dependencies\": {\"prisma\": \"5\"}}\n-- libs/db/prisma/schema.prisma --\n", "apps/api", `sh -c cd "$0" && exec "$@" ../../libs/db pnpm exec prisma db push`},
		{"Prisma in a member that nothing names", "-- package.json --\n{\"workspaces\": [\"apps/*\", \"libs/*\"]}\n-- pnpm-lock.yaml --\nlockfileVersion: 6\n-- apps/api/package.json --\n{\"dependencies\": {\"@prisma/client\": \"6\"}}\n-- libs/db/package.json --\n{\"name\": \"@x/db\", \"prisma\": {\"seed\": \"tsx prisma/seed.ts\"}, \"dependencies\": {\"prisma\": \"6\"}}\n-- libs/db/prisma/schema.prisma --\n-- libs/db/prisma/migrations/1/migration.sql --\n", "apps/api", `sh -c cd "$0" && exec "$@" ../../libs/db pnpm exec prisma migrate deploy | sh -c cd "$0" && exec "$@" ../../libs/db pnpm exec prisma db seed`},
		{"Drizzle in a member", "-- package.json --\n{\"workspaces\": [\"apps/*\", \"libs/*\"]}\n-- pnpm-lock.yaml --\nlockfileVersion: 6\n-- apps/api/package.json --\n{\"dependencies\": {\"@x/db\": \"*\"}}\n-- libs/db/package.json --\n{\"name\": \"@x/db\", \"scripts\": {\"db:push\": \"drizzle-kit push\"}, \"devDependencies\": {\"drizzle-kit\": \"1\"}}\n-- libs/db/drizzle.config.ts --\nexport default { out: './src/migrations', strict: true }\n", "apps/api", `sh -c cd "$0" && exec "$@" ../../libs/db pnpm run db:push --force`},
		{"Drizzle", "-- package.json --\n{\"devDependencies\": {\"drizzle-kit\": \"1\"}}\n-- drizzle/meta/_journal.json --\n", ".", "npx drizzle-kit migrate"},
		{"Drizzle without migrations", `{"devDependencies": {"drizzle-kit": "1"}}`, ".", ""},
		{"a script for Drizzle", `{"devDependencies": {"drizzle-kit": "1"}, "scripts": {"db:push": "drizzle-kit push"}}`, ".", "npm run db:push"},
		{"a script for migrations of Drizzle that are not made", "-- package.json --\n{\"devDependencies\": {\"drizzle-kit\": \"1\"}, \"scripts\": {\"db:migrate\": \"drizzle-kit migrate\", \"db:push\": \"drizzle-kit push\"}}\n-- drizzle.config.ts --\nexport default { schema: './s.ts' }\n", ".", "npm run db:push"},
		{"Drizzle without migrations that asks", "-- package.json --\n{\"devDependencies\": {\"drizzle-kit\": \"1\"}, \"scripts\": {\"push\": \"drizzle-kit push\"}}\n-- drizzle.config.ts --\nexport default { out: './db', strict: true }\n", ".", "npm run push -- --force"},
		{"Drizzle with its settings alone", "-- package.json --\n{\"devDependencies\": {\"drizzle-kit\": \"1\"}}\n-- drizzle.config.ts --\nexport default { out: './db' }\n", ".", "npx drizzle-kit push"},
		{"Drizzle with migrations elsewhere", "-- package.json --\n{\"devDependencies\": {\"drizzle-kit\": \"1\"}}\n-- drizzle.config.ts --\nexport default { out: './src/sql' }\n-- src/sql/0.sql --\n", ".", "npx drizzle-kit migrate"},
		{"Sequelize with a program of the user", "-- package.json --\n{\"dependencies\": {\"sequelize\": \"6\"}}\n-- config/config.json --\n{}\n-- migrations/1.js --\n", ".", "npx --yes sequelize-cli@6 db:migrate"},
		{"Sequelize without migrations", "-- package.json --\n{\"dependencies\": {\"sequelize\": \"6\"}}\n-- config/config.json --\n{}\n", ".", ""},
		{"Sequelize", "-- package.json --\n{\"devDependencies\": {\"sequelize-cli\": \"6\"}, \"scripts\": {\"undo\": \"sequelize db:migrate:undo\"}}\n-- yarn.lock --\n# yarn lockfile v1\nsequelize-cli@6:\n-- migrations/1.js --\n", ".", "yarn sequelize-cli db:migrate"},
		{"Knex", "-- package.json --\n{\"dependencies\": {\"knex\": \"3\"}, \"scripts\": {\"seed:run\": \"knex seed:run\"}}\n-- knexfile.js --\n-- migrations/1.js --\n", ".", "npx knex migrate:latest | npm run seed:run"},
		{"Knex with migrations elsewhere", "-- package.json --\n{\"dependencies\": {\"knex\": \"3\"}}\n-- knexfile.js --\nmodule.exports = { migrations: {\n  directory: path.join(__dirname, 'db', 'migrations'), tableName: 'm' } }\n-- db/migrations/1.js --\n", ".", "npx knex migrate:latest"},
		{"Knex with migrations by a template", "-- package.json --\n{\"dependencies\": {\"knex\": \"3\"}}\n-- knexfile.js --\nmodule.exports = { migrations: { directory: `${__dirname}/src/m`, tableName: 'm' } }\n-- src/m/1.js --\n", ".", "npx knex migrate:latest"},
		{"Knex with migrations where only code knows", "-- package.json --\n{\"dependencies\": {\"knex\": \"3\"}}\n-- knexfile.js --\nmodule.exports = { migrations: { directory: where } }\n", ".", "npx knex migrate:latest"},
		{"Knex in a directory of its own", "-- package.json --\n{\"dependencies\": {\"knex\": \"3\"}, \"scripts\": {\"knex\": \"knex --knexfile server/knexfile.js\"}}\n-- server/knexfile.js --\n-- server/migrations/1.js --\n-- server/seeds/1.js --\n", ".", "npx knex migrate:latest --knexfile server/knexfile.js | npx knex seed:run --knexfile server/knexfile.js"},
		{"Knex without migrations", "-- package.json --\n{\"dependencies\": {\"knex\": \"3\"}, \"scripts\": {\"migrate\": \"knex migrate:latest\"}}\n-- knexfile.js --\n-- seeds/1.js --\n", ".", ""},
		{"TypeORM, which only a script knows", `{"dependencies": {"typeorm": "0.3"}, "scripts": {"m": "npm run typeorm migration:run -- -d ./a.ts", "r": "typeorm migration:revert"}}`, ".", "npm run m"},
		{"scripts that run what is built, or start the server", `{"dependencies": {"knex": "3"}, "scripts": {"start:migrate": "knex migrate:latest", "m:start": "knex migrate:latest && npm start", "m:prod": "node dist/knex migrate:latest", "m:built": "tsc && node dist/knex migrate:latest"}}`, ".", "npm run m:built"},
		{"Drizzle by a script with flags", `{"devDependencies": {"drizzle-kit": "1"}, "scripts": {"db:migrate:prod": "node --env-file=.env dist/migrate.js", "db:migrate": "tsx --env-file=../../.env src/db/migrate.ts"}}`, ".", "npm run db:migrate"},
		{"a file of the project's own", "-- package.json --\n{\"dependencies\": {\"pg\": \"8\"}, \"scripts\": {\"migrate\": \"node -r tsx/cjs src/db/migrate.ts\", \"seed\": \"node seed.js\"}}\n-- src/db/migrate.ts --\nquery('CREATE TABLE a')\n", ".", "npm run migrate | npm run seed"},
		{"a file of the project's own that removes tables", "-- package.json --\n{\"dependencies\": {\"pg\": \"8\"}, \"scripts\": {\"db:init\": \"node init.js\"}}\n-- init.js --\nquery('DROP TABLE IF EXISTS a; CREATE TABLE a')\n", ".", ""},
		{"a file that is not there", `{"dependencies": {"pg": "8"}, "scripts": {"db:init": "node init.js"}}`, ".", ""},
		{"a script that starts the server too", `{"dependencies": {"knex": "3"}, "scripts": {"start": "knex migrate:latest && node a.js"}}`, ".", ""},
		{"a script that drops the tables first", `{"dependencies": {"knex": "3"}, "scripts": {"x": "knex migrate:rollback && knex migrate:latest"}}`, ".", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			a := appIn(t, test.files, test.dir)
			Describe(a)
			got := strings.Join(a.Migrate, " ")
			if a.Seed.Command != nil {
				got += " | " + strings.Join(a.Seed.Command, " ")
			}
			if a.Seed.Once {
				got += " once"
			}
			if got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}
