package runfiles

import "testing"

func TestPortOfCommand(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int{
		"flask run --host=0.0.0.0 --port=4567":    4567,
		"flask run -h 0.0.0.0 -p 8000":            8000,
		"gunicorn -b :5757 app:app":               5757,
		"gunicorn --bind 0.0.0.0:9000 app:app":    9000,
		"PORT=5050 node server.js":                5050,
		"cross-env PORT=3005 react-scripts start": 3005,
		"python manage.py runserver 0.0.0.0:8080": 8080,
		"python -m http.server 8123":              8123,
		"vite --port 3000 --host":                 3000,
		"npm start":                               0,
		"node server.js --port":                   0,
		"app --port=70000":                        0,
		"tsc -p tsconfig.json":                    0,
	} {
		if got, _, _ := PortOfCommand(text); got != want {
			t.Errorf("portOfCommand(%q) = %d, want %d", text, got, want)
		}
	}
}
