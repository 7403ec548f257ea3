package tunnel

import (
	"encoding/json"
	"net"
	"net/url"
	"strconv"
)

// ngrok opens an endpoint of the user's account, whose token it finds itself: in
// NGROK_AUTHTOKEN or in its own config file.
func ngrok() Tool {
	return Tool{
		Name: "ngrok", Needs: "a free account",
		Quirk: "ngrok's free plan shows a warning page before the first visit, which breaks calls from one shared service to another",
		args:  ngrokArgs, read: ngrokLine,
	}
}

func ngrokArgs(t Target) ([]string, error) {
	return []string{
		"http", "http://" + net.JoinHostPort(t.Host, strconv.Itoa(t.Port)), "--host-header=rewrite",
		"--log=stdout", "--log-format=json",
	}, nil
}

// ngrokLine reads a line of its log. URLs are in other messages too: of its
// documentation, of the requests that come.
func ngrokLine(line string, _ Target) (address string, works bool) {
	var entry struct{ Msg, URL string }
	if json.Unmarshal([]byte(line), &entry) != nil || entry.Msg != "started tunnel" {
		return "", false
	}
	u, err := url.Parse(entry.URL)
	if err != nil || u.Scheme != "https" || u.Hostname() == "" {
		return "", false
	}
	return "https://" + u.Host, true
}
