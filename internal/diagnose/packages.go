package diagnose

import "strings"

// distributions are Python packages whose name on the index differs from the
// module's by more than "-" and "_".
var distributions = map[string]string{
	"PIL": "Pillow", "bs4": "beautifulsoup4", "cv2": "opencv-python", "dateutil": "python-dateutil", "dotenv": "python-dotenv",
	"jose": "python-jose", "jwt": "PyJWT", "MySQLdb": "mysqlclient", "psycopg": "psycopg[binary]", "psycopg2": "psycopg2-binary",
	"psycopg_pool": "psycopg[pool]", "pkg_resources": "setuptools", "sklearn": "scikit-learn", "yaml": "PyYAML", "multipart": "python-multipart",
	"bson": "pymongo", "rest_framework": "djangorestframework", "corsheaders": "django-cors-headers", "environ": "django-environ",
}

// distribution is the package that most likely holds a Python module.
func distribution(module string) string {
	top, _, _ := strings.Cut(module, ".")
	if name, known := distributions[top]; known {
		return name
	}
	return strings.ReplaceAll(top, "_", "-")
}

// npmPackage is the npm package of what was imported: "@scope/name/file" and
// "name/file" belong to "@scope/name" and "name".
func npmPackage(imported string) string {
	parts := strings.SplitN(imported, "/", 3)
	if strings.HasPrefix(imported, "@") && len(parts) > 1 {
		return parts[0] + "/" + parts[1]
	}
	return parts[0]
}
