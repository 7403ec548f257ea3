package scaffold_test

import (
	"github.com/devup-cli/devup/internal/detect"
	"github.com/devup-cli/devup/internal/stack"
)

var people = detect.Evidence{Text: "people open its page"}

// repositories are what detection would find in some projects, each with a golden
// tree in testdata.
var repositories = map[string]detect.Repository{
	"data-services": everyDataService(),
	"flask-and-cra": {Services: []detect.Service{
		{
			Name: "backend-flask", Dir: "backend-flask", StackName: "flask", Framework: "Flask",
			Port: detect.Port{Number: 4567}, HostPort: 4567,
			Runtime:  detect.Runtime{Language: "python", Version: "3.13"},
			Packages: detect.Packages{Manager: "pip", Manifest: "requirements.txt"},
			Module:   "app",
			Dev:      []string{"flask", "run", "--host=0.0.0.0", "--port=4567"},
			Prod:     []string{"gunicorn", "--bind=0.0.0.0:4567", "app:app"}, ProdModule: "app:app",
			Variables: []detect.Variable{
				{Name: "FRONTEND_URL", Sibling: "frontend-react-js"},
				{Name: "BACKEND_URL", Sibling: "backend-flask"},
				{Name: "AWS_SECRET_ACCESS_KEY", Secret: true},
				{Name: "AWS_DEFAULT_REGION"},
				{Name: "LOG_LEVEL", Default: true},
				{Name: "FLASK_ENV"},
			},
			Ready: "/api/activities/home", Routes: []string{"/api"},
			Public: detect.Evidence{File: "frontend-react-js/src/App.js", Line: 3, Text: "the page of frontend-react-js calls it by REACT_APP_BACKEND_URL"},
		},
		{
			Name: "frontend-react-js", Dir: "frontend-react-js", StackName: "cra", Framework: "Create React App",
			Port: detect.Port{Number: 3000}, HostPort: 3000,
			Runtime:  detect.Runtime{Language: "node", Version: "24"},
			Packages: detect.Packages{Manager: "npm", Manifest: "package.json", Lock: "package-lock.json"},
			Dev:      []string{"npm", "start"}, Build: []string{"npm", "run", "build"}, Output: "build",
			Variables: []detect.Variable{{Name: "REACT_APP_BACKEND_URL", Sibling: "backend-flask"}},
			Public:    people,
		},
	}},

	// What a start needs: secrets that are generated, values of third parties, env files, sockets.
	"variables": {Services: []detect.Service{
		{
			Name: "api", Dir: "apps/api", StackName: "node", Framework: "Express",
			Port: detect.Port{Number: 3000}, HostPort: 3000, PortName: "PORT",
			Runtime:  detect.Runtime{Language: "node", Version: "24"},
			Packages: detect.Packages{Manager: "npm", Manifest: "package.json"},
			Dev:      []string{"npm", "run", "dev"}, Prod: []string{"npm", "start"},
			Variables: []detect.Variable{
				{Name: "JWT_SECRET", Generate: "hex", Required: true, Secret: true},
				{Name: "APP_KEY", Generate: "laravel", Default: true, Secret: true},
				{Name: "OPENAI_API_KEY", Required: true, Secret: true, Evidence: detect.Evidence{File: "apps/api/index.js", Line: 3}},
				{Name: "ODD", Required: true, Evidence: detect.Evidence{File: "apps/${X}/}.js", Line: 3}},
				{Name: "GIVEN", Required: true, Default: true},
				{Name: "OPTIONAL"},
			},
			EnvFiles: []stack.EnvFile{
				{Path: "apps/api/.env", Example: "apps/api/.env.example"},
				{Path: ".env", Example: ".env.example", Pass: true},
			},
		},
		{
			Name: "web", Dir: "web", StackName: "vite", Framework: "Vite",
			Port: detect.Port{Number: 5173}, HostPort: 5173,
			Runtime:  detect.Runtime{Language: "node", Version: "24"},
			Packages: detect.Packages{Manager: "npm", Manifest: "package.json"},
			Dev:      []string{"npm", "run", "dev"}, Build: []string{"npm", "run", "build"}, Output: "dist",
			Variables: []detect.Variable{
				{Name: "VITE_WS_URL", Sibling: "api", Socket: true, Path: "/ws"},
				{Name: "SSR_WS_URL", Sibling: "api", Socket: true, Inside: true},
			},
			Public: people,
		},
	}},

	"shared-loopback": {
		Services: []detect.Service{
			{
				Name: "api", Dir: "api", StackName: "flask", Framework: "Flask",
				Port: detect.Port{Number: 5000}, HostPort: 5000,
				Packages: detect.Packages{Manager: "pip", Manifest: "requirements.txt"}, Module: "app",
			},
			{
				Name: "docs", Dir: "docs", StackName: "node", Port: detect.Port{Number: 3000}, HostPort: 3000,
				Variables: []detect.Variable{{Name: "API_URL", Sibling: "api", Inside: true}},
			},
			{
				Name: "web", Dir: "web", StackName: "vite", Port: detect.Port{Number: 5173}, HostPort: 5174, Public: people,
				Variables: []detect.Variable{{Name: "API_URL", Sibling: "api", Inside: true}},
			},
		},
		Loopbacks: []detect.Loopback{{Name: "loopback", Members: []string{"api", "web"}, Calls: []detect.Evidence{
			{File: "web/vite\n.config.js", Line: 3, Text: "http://localhost:5000"},
		}}},
	},

	"hidden-server": {
		Services: []detect.Service{
			{Name: "api", Dir: "api", StackName: "node", Framework: "Fastify", Port: detect.Port{Number: 3000}, Forward: 13000, HostPort: 3000},
			{
				Name: "web", Dir: "web", StackName: "node", Port: detect.Port{Number: 3001}, HostPort: 3001,
				Variables: []detect.Variable{{Name: "API_URL", Sibling: "api", Inside: true}},
			},
		},
		Loopbacks: []detect.Loopback{{Name: "loopback", Members: []string{"api"}, Hidden: []detect.Evidence{
			{File: "api/server.js", Line: 7, Text: "listens on 127.0.0.1, the default of Fastify"},
		}}},
	},

	"vite-at-the-root-with-an-api": {Services: []detect.Service{
		{
			Name: "api", Dir: "server", StackName: "node", Framework: "Express",
			Port: detect.Port{Number: 5050}, HostPort: 5050,
			Runtime:   detect.Runtime{Language: "node", Version: "22"},
			Packages:  detect.Packages{Manager: "yarn", Manifest: "package.json", Lock: "yarn.lock", Native: true},
			Dev:       []string{"yarn", "run", "dev"},
			Prod:      []string{"node", "index.js"},
			Variables: []detect.Variable{{Name: "CLIENT_ORIGIN", Sibling: "shop"}, {Name: "PORT", Default: true}},
		},
		{
			Name: "shop", Dir: ".", StackName: "vite", Framework: "Vite + Vue",
			Port: detect.Port{Number: 5173}, HostPort: 5173,
			Runtime:  detect.Runtime{Language: "node", Version: "20.3"},
			Packages: detect.Packages{Manager: "pnpm", Version: "9.15.0", Manifest: "package.json", Lock: "pnpm-lock.yaml"},
			Dev:      []string{"pnpm", "exec", "vite", "--host", "0.0.0.0", "--port", "5173", "--strictPort"},
			Build:    []string{"pnpm", "run", "build"}, Output: "dist",
			Variables: []detect.Variable{{Name: "VITE_API_URL", Sibling: "api", Path: "/api"}},
			Public:    people,
		},
	}},

	"old-versions-odd-names": {Services: []detect.Service{
		{
			Name: "cost-5", Dir: "apps/cost $5: web", StackName: "cra", Framework: "Create React App",
			Port: detect.Port{Number: 3000}, HostPort: 3001,
			Runtime:  detect.Runtime{Language: "node", Version: "16.18", Flags: "--openssl-legacy-provider"},
			Packages: detect.Packages{Manager: "npm", Manifest: "package.json"},
			Dev:      []string{"npm", "start"}, Build: []string{"npm", "run", "build"}, Output: "build",
		},
		{
			Name: "srv", Dir: "srv", StackName: "node", Framework: "Node",
			Port: detect.Port{Number: 8080}, HostPort: 8080,
			Runtime: detect.Runtime{Language: "node", Version: "24"},
			Module:  "server.js", Dev: []string{"node", "--watch", "server.js"}, Prod: []string{"node", "server.js"},
		},
		{
			Name: "no", Dir: "no", StackName: "flask", Framework: "Flask",
			Port: detect.Port{Number: 5000}, HostPort: 5000,
			Runtime: detect.Runtime{Language: "python", Version: "3.9.2"},
			Module:  "my app.py",
			Dev:     []string{"flask", "run", "--host=0.0.0.0", "--port=5000"},
		},
	}},

	"python-tools": {Services: []detect.Service{
		{
			Name: "api", Dir: "api", StackName: "python", Framework: "FastAPI",
			Port: detect.Port{Number: 8000}, HostPort: 8000,
			Runtime:  detect.Runtime{Language: "python", Version: "3.12"},
			Packages: detect.Packages{Manager: "uv", Manifest: "pyproject.toml", Lock: "uv.lock"},
			Dev:      []string{"uvicorn", "main:app", "--host=0.0.0.0", "--port=8000", "--reload"},
			Prod:     []string{"uvicorn", "main:app", "--host=0.0.0.0", "--port=8000"},
		},
		{
			Name: "both", Dir: "api", StackName: "vite", Framework: "Vite + React",
			Port: detect.Port{Number: 5173}, HostPort: 5173,
			Runtime:  detect.Runtime{Language: "node", Version: "24"},
			Packages: detect.Packages{Manager: "bun", Manifest: "package.json", Lock: "bun.lock"},
			Dev:      []string{"bun", "run", "dev", "--host", "0.0.0.0", "--port", "5173", "--strictPort"},
			Build:    []string{"bun", "run", "build"}, Output: "dist",
		},
		{
			Name: "worker", Dir: "worker", StackName: "python", Framework: "Python",
			Runtime:   detect.Runtime{Language: "python", Version: "3.10.10"},
			Packages:  detect.Packages{Manager: "poetry", Manifest: "pyproject.toml", Lock: "poetry.lock", Build: []string{"build-essential", "libpq-dev"}, Run: []string{"libpq5"}},
			Module:    "worker",
			Dev:       []string{"python", "-m", "worker"},
			Variables: []detect.Variable{{Name: "REDIS_URL"}},
		},
	}},

	"compose-file-and-own-dockerfile": {
		Compose: []string{"docker-compose.yml"},
		Services: []detect.Service{
			{
				Name: "backend-flask", Dir: "backend-flask", StackName: "flask", Framework: "Flask",
				Port: detect.Port{Number: 4567}, HostPort: 4567,
				Runtime: detect.Runtime{Language: "python", Version: "3.10"}, Dockerfile: "Dockerfile", Compose: "backend",
				Variables: []detect.Variable{{Name: "FRONTEND_URL", Sibling: "web"}, {Name: "TOKEN", Secret: true}},
				Ready:     "/api/health-check",
			},
			{
				Name: "docs", Dir: "docs", StackName: "node", Framework: "Express",
				Port: detect.Port{Number: 8080}, HostPort: 8081,
				Runtime: detect.Runtime{Language: "node", Version: "20"}, Dockerfile: "Dockerfile.dev",
			},
			{
				Name: "web", Dir: "web", StackName: "vite", Framework: "Vite + React",
				Port: detect.Port{Number: 5173}, HostPort: 5173,
				Runtime:  detect.Runtime{Language: "node", Version: "24"},
				Packages: detect.Packages{Manager: "npm", Manifest: "package.json"},
				Dev:      []string{"npx", "vite", "--host", "0.0.0.0", "--port", "5173", "--strictPort"},
				Build:    []string{"npm", "run", "build"}, Output: "dist",
				Variables: []detect.Variable{{Name: "VITE_API_URL", Sibling: "backend-flask"}},
			},
		},
	},

	"own-dockerfiles": {
		Includes: []string{"jobs/compose.yaml"},
		Services: []detect.Service{
			{Name: "gateway", Dir: "gateway", Framework: "Go (Dockerfile)", Port: detect.Port{Number: 9000}, HostPort: 9000, Dockerfile: "Dockerfile"},
			{Name: "jobs", Dir: "jobs", StackName: "fastapi", Port: detect.Port{Number: 8000}, HostPort: 8000, Dockerfile: "Dockerfile", Compose: "jobs", Included: true, Ready: "/docs"},
			{
				Name: "users", Dir: "apps/users", StackName: "node", Framework: "Express", Port: detect.Port{Number: 3000}, HostPort: 3001,
				Dockerfile: "Dockerfile.dev", BuiltFrom: ".", Mounted: "/srv/app", Installed: []string{"/srv/app/node_modules"},
				Command: []string{"npm", "run", "dev"}, Variables: []detect.Variable{{Name: "JOBS_URL", Sibling: "jobs", Inside: true}},
			},
		},
	},

	"two-in-one-directory": {Services: []detect.Service{
		{
			Name: "backend", Dir: "app", StackName: "flask", Port: detect.Port{Number: 5000}, HostPort: 5000, Dockerfile: "Dockerfile",
			Runtime: detect.Runtime{Language: "python", Version: "3.13"},
		},
		{
			Name: "frontend", Dir: "app", StackName: "vite", Frontend: true, Port: detect.Port{Number: 5173}, HostPort: 5173, Public: people,
			Runtime:  detect.Runtime{Language: "node", Version: "24"},
			Packages: detect.Packages{Manager: "npm", Manifest: "package.json"},
			Dev:      []string{"npm", "run", "dev"}, Build: []string{"npm", "run", "build"}, Output: "dist",
		},
	}},

	"npm-workspace": {Services: []detect.Service{
		{
			Name: "api", Dir: "apps/api server", StackName: "node", Framework: "Express",
			Port: detect.Port{Number: 4000}, HostPort: 4000,
			Runtime: detect.Runtime{Language: "node", Version: "24"},
			Packages: detect.Packages{
				Manager: "npm", Manifest: "package.json", Lock: "package-lock.json",
				Workspace: ".", Members: []string{"apps/api server", "apps/web", "packages/ui"},
			},
			Dev: []string{"node", "--watch", "index.js"}, Prod: []string{"npm", "start"},
		},
		{
			Name: "web", Dir: "apps/web", StackName: "vite", Framework: "Vite + React",
			Port: detect.Port{Number: 5173}, HostPort: 5173,
			Runtime: detect.Runtime{Language: "node", Version: "24"},
			Packages: detect.Packages{
				Manager: "npm", Manifest: "package.json", Lock: "package-lock.json",
				Workspace: ".", Members: []string{"apps/api server", "apps/web", "packages/ui"}, Linked: []string{"packages/ui"}, Made: []string{"packages/ui/dist"},
				Libraries: []stack.Step{{Dir: "packages/ui", Command: []string{"npm", "run", "build"}}},
			},
			Dev:   []string{"npm", "run", "dev", "--", "--host", "0.0.0.0", "--port", "5173", "--strictPort"},
			Build: []string{"npm", "run", "build"}, Output: "dist",
			Variables: []detect.Variable{
				{Name: "VITE_API_URL", Sibling: "api"},
				{Name: "API_PROXY", Sibling: "api", Inside: true},
			},
		},
	}},

	"python-lists": {Services: []detect.Service{
		{
			Name: "api", Dir: "api", StackName: "python", Framework: "FastAPI",
			Port: detect.Port{Number: 8000}, HostPort: 8000,
			Runtime:  detect.Runtime{Language: "python", Version: "3.13"},
			Packages: detect.Packages{Manager: "pip", Manifest: "requirements.txt", Includes: []string{"requirements-base.txt", "requirements/web.txt"}, Missing: []string{"uvicorn"}},
			Dev:      []string{"uvicorn", "main:app", "--host", "0.0.0.0", "--port", "8000", "--app-dir", "src", "--reload"},
			Prod:     []string{"uvicorn", "main:app", "--host", "0.0.0.0", "--port", "8000", "--app-dir", "src"},
		},
		{
			Name: "lab", Dir: "lab", StackName: "flask", Framework: "Flask",
			Port: detect.Port{Number: 5001}, HostPort: 5001,
			Runtime:  detect.Runtime{Language: "python", Version: "3.13"},
			Packages: detect.Packages{Missing: []string{"flask", "flask-cors", "psycopg[binary]"}},
			Module:   "app", Dev: []string{"flask", "run", "--host=0.0.0.0", "--port=5001"},
		},
		{
			Name: "old", Dir: "old", StackName: "flask", Framework: "Flask",
			Port: detect.Port{Number: 5002}, HostPort: 5002,
			Runtime:  detect.Runtime{Language: "python", Version: "3.13"},
			Packages: detect.Packages{Manager: "pip", Manifest: "setup.py"},
			Module:   "app", Dev: []string{"flask", "run", "--host=0.0.0.0", "--port=5002"},
		},
		{
			Name: "pipenv", Dir: "pipenv", StackName: "flask", Framework: "Flask",
			Port: detect.Port{Number: 5000}, HostPort: 5000,
			Runtime:  detect.Runtime{Language: "python", Version: "3.9"},
			Packages: detect.Packages{Manager: "pipenv", Manifest: "Pipfile", Lock: "Pipfile.lock"},
			Module:   "app", Dev: []string{"flask", "run", "--host=0.0.0.0", "--port=5000"},
			Prod: []string{"gunicorn", "--bind", "0.0.0.0:5000", "app:app"}, ProdModule: "app:app",
		},
	}},
}
