package node

import (
	"slices"
	"strings"
	"testing"

	"github.com/devup-cli/devup/internal/tree"
)

// TestRequired: the variables without which a program does not start, as its source says it.
func TestRequired(t *testing.T) {
	t.Parallel()
	for source, want := range map[string]string{
		"process.env.A": "",
		"const stripe = new Stripe(process.env.A!)":                                                                                        "A",
		"const db = createClient(\n  process.env.A!,\n  process.env.B!,\n)":                                                                "A B",
		"const auth = {\n  id: process.env.A!,\n}":                                                                                         "",
		"export async function f() {\n  new Stripe(process.env.A!)\n}":                                                                     "",
		"const h = () => new Stripe(process.env.A!)":                                                                                       "",
		"z.object({ A: z.string().min(1), B: z.string().optional(), C: z.string().default('x') }).parse(process.env)":                      "A",
		"const s = z.object({\n  A: z.string({\n    message: 'B: z.'\n  }),\n  B: z.coerce.number().default(1),\n})\ns.parse(process.env)": "A",
		"const s = z.object({ A: z.string() })":                                                                                            "",
		"createEnv({ server: { A: z.string().url() }, client: { NEXT_PUBLIC_B: z.string() } })":                                            "A NEXT_PUBLIC_B",
		"cleanEnv(process.env, { A: str(), B: port({ default: 3000 }), C: str({ devDefault: 'x' }) })":                                     "A",
		"Joi.object({ A: Joi.string().required(), B: Joi.string(), C: Joi.number().default(1) })":                                          "A",
		"if (!process.env.A) {\n  throw new Error('A')\n}":                                                                                 "A",
		"if (!process.env.A || !process.env.B) {\n  console.error('no'); process.exit(1)\n}":                                               "A B",
		"const key = process.env.A;\nif (!key) throw new Error('x')":                                                                       "A",
		"function f() {\n  if (!process.env.A) throw new Error('A')\n}":                                                                    "",
		"const a = process.env.A ?? (() => { throw new Error('x') })()":                                                                    "A",
		"import { A } from '$env/static/private'\nimport { B } from 'astro:env/server'":                                                    "A",
		"config.getOrThrow<string>('A')":                                                                                                   "A",
		"const required = ['A', 'B'];\nfor (const k of required) if (!process.env[k]) throw new Error(k)":                                  "A B",
	} {
		var names []string
		for _, u := range uses(tree.File{Path: "a.ts", Text: source}) {
			if u.Required && !slices.Contains(names, u.Name) {
				names = append(names, u.Name)
			}
		}
		if got := strings.Join(names, " "); got != want {
			t.Errorf("%s: %q, want %q", source, got, want)
		}
	}
}

// TestReads: the variables that a source reads, each with its default.
func TestReads(t *testing.T) {
	t.Parallel()
	for source, want := range map[string]string{
		"configService.get('A'), this.config.get<string>('B')":               "A B",
		"configService.get<number>('A', 3000), config.get('B', 'x')":         "A= B=x",
		"config.get('db.host'), cache.get('A')":                              "",
		"import { A,\n  B as b } from '$env/static/private'":                 "A B",
		"import { env } from '$env/dynamic/private'\npostgres(env.A)":        "A",
		"import { env } from 'node:process'\nconst { A, B = 'x' } = env":     "A B=x",
		"import { env } from './env'\nconst { A } = env; f(env.B)":           "",
		"import { env } from 'process'\nf(a.env.A, env.B || 'x', env['C'])":  "B=x C",
		"import { A, getSecret } from \"astro:env/server\"":                  "A",
		`define: { "process.env.A": JSON.stringify("x"), b: process.env.B }`: "B",
		"const a = { 'process.env.A' : 1, b: t('process.env.B') }":           "B",
	} {
		var names []string
		for _, u := range uses(tree.File{Path: "a.ts", Text: source}) {
			name := u.Name
			if u.Set {
				name += "=" + u.Value
			}
			names = append(names, name)
		}
		if got := strings.Join(names, " "); got != want {
			t.Errorf("%s: %q, want %q", source, got, want)
		}
	}
}

// TestRuntimeConfig: the variables that override the fields of Nuxt's configuration.
func TestRuntimeConfig(t *testing.T) {
	t.Parallel()
	for source, want := range map[string]string{
		"export default defineNuxtConfig({ runtimeConfig: { databaseUrl: '', public: { apiBase: \"/api\" } }, ssr: true })": "NUXT_DATABASE_URL NUXT_PUBLIC_API_BASE=/api",
		"runtimeConfig: {\n  // don't read { this }\n  s3Bucket: 'a', // http://x\n  'apiURL': 'http://y',\n},\nx: 'z'":     "NUXT_S3_BUCKET=a NUXT_API_URL=http://y",
		"runtimeConfig: { key: process.env.A, other: f({ a: '' }), n: 3, list: ['a'] }":                                     "A NUXT_N=3",
		"runtimeConfig: { a: { b: { c: { d: { e: '' }, f: '' } } } }":                                                       "NUXT_A_B_C_F",
		"runtimeConfig: { a: '": "",
	} {
		var names []string
		for _, u := range uses(tree.File{Path: "web/nuxt.config.ts", Text: source}) {
			if u.Set {
				u.Name += "=" + u.Value
			}
			names = append(names, u.Name)
		}
		if got := strings.Join(names, " "); got != want {
			t.Errorf("%s: %q, want %q", source, got, want)
		}
	}
}

// TestInsistedOn: the variables without which a library throws when the program starts.
func TestInsistedOn(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"passport.use(new GoogleStrategy({\n  clientID: process.env.GOOGLE_ID,\n  clientSecret: process.env.GOOGLE_SECRET,\n}))": "GOOGLE_ID",
		"if (process.env.GOOGLE_ID) {\n  passport.use(new GoogleStrategy({ clientID: process.env.GOOGLE_ID }))\n}":               "",
		"const stripe = new Stripe(process.env.STRIPE_KEY, { apiVersion: '1' })":                                                 "STRIPE_KEY",
		"const stripe = require('stripe')(process.env.STRIPE_KEY);":                                                              "STRIPE_KEY",
		"const pay = new Razorpay({ key_id: process.env.A, key_secret: process.env.B })":                                         "A B",
		"const ai = new OpenAI({ apiKey: process.env.KEY || 'x' })":                                                              "",
		"const h = () => new Stripe(process.env.STRIPE_KEY)":                                                                     "",
		"  const ai = new OpenAI({ apiKey: process.env.KEY })":                                                                   "",
	} {
		var names []string
		for _, use := range uses(tree.File{Path: "a.js", Text: text}) {
			if use.Required {
				names = append(names, use.Name)
			}
		}
		if got := strings.Join(names, " "); got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}
