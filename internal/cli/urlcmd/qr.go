package urlcmd

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strconv"

	"github.com/devup-cli/devup/internal/cli/command"
	"github.com/devup-cli/devup/internal/expose"
	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/project"
	"github.com/devup-cli/devup/internal/workspace"
)

// showCodes prints QR codes of URLs that a phone gets to: that of the frontend, or
// those of the named services.
func showCodes(ctx context.Context, env *command.Env, place workspace.Info, rows []expose.Row, services []string) error {
	lan := lanAddress(ctx)
	chosen, err := forPhones(place, rows, services, lan)
	if err != nil {
		return err
	}
	for _, row := range chosen {
		address, err := phoneURL(place, row, lan)
		if err != nil {
			return err
		}
		if err := env.UI.Code(address); err != nil {
			return err
		}
	}
	return nil
}

// forPhones picks the rows: the primary port of each named service; without names that of
// all rows which a phone gets to, or, where there is none, the one to explain that by.
func forPhones(place workspace.Info, rows []expose.Row, services []string, lan netip.Addr) ([]expose.Row, error) {
	var chosen []expose.Row
	for _, name := range services {
		own := slices.DeleteFunc(slices.Clone(rows), func(r expose.Row) bool { return r.Service != name })
		row, err := primaryPort(own, []string{name})
		if err != nil {
			return nil, err
		}
		chosen = append(chosen, row)
	}
	if len(services) > 0 {
		return chosen, nil
	}
	reached := slices.DeleteFunc(slices.Clone(rows), func(r expose.Row) bool {
		_, err := phoneURL(place, r, lan)
		return r.URL == "" || err != nil
	})
	if len(reached) == 0 {
		reached = rows
	}
	row, err := primaryPort(reached, nil)
	return []expose.Row{row}, err
}

// phoneURL is the address at which a phone gets to a port: the public one where there
// is one, else lan, this machine's own in its network, where the port is bound to
// that too.
func phoneURL(place workspace.Info, r expose.Row, lan netip.Addr) (string, error) {
	u, err := url.Parse(r.URL)
	if err != nil {
		return "", fmt.Errorf("read the URL of %s: %w", r.Service, err)
	}
	refuse := func(hint, format string, args ...any) (string, error) {
		e := fail.New(fail.Failed, hint, format, args...)
		e.Service = r.Service
		return "", e
	}
	share := "or open it to the internet with `devup share " + r.Service + "`"
	if !reachesItself(u.Hostname()) {
		return r.URL, nil
	}
	bound, err := netip.ParseAddr(r.HostIP)
	switch {
	case place.Remote:
		return refuse("", "%s has no URL that a phone can reach", r.Service)
	case err == nil && !bound.IsUnspecified() && r.Service == project.GatewayName: // it has no ports in the config
		return refuse(share[len("or "):], "port %d of %s is bound to %s, which a phone cannot reach", r.Port, r.Service, r.HostIP)
	case err == nil && !bound.IsUnspecified():
		return refuse(fmt.Sprintf(`publish it as "0.0.0.0:%d:%d", %s`, r.Port, r.Target, share),
			"port %d of %s is bound to %s, which a phone cannot reach", r.Port, r.Service, r.HostIP)
	case place.Provider == "wsl":
		return refuse(share[len("or "):], "Windows does not forward port %d of %s from its network to WSL", r.Port, r.Service)
	case !lan.IsValid():
		return refuse("join one, "+share, "this machine is in no network that a phone can join")
	}
	return "http://" + net.JoinHostPort(lan.String(), strconv.Itoa(r.Port)), nil
}

// reachesItself tells whether a host name leads back to the machine that asks for it.
func reachesItself(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && (ip.IsLoopback() || ip.IsUnspecified())
}

// lanAddress is this machine's address in the network through which it gets to others;
// the zero one where there is none. Nothing is sent: connecting a UDP socket only picks
// the way.
func lanAddress(ctx context.Context) netip.Addr {
	const elsewhere = "192.0.2.1:9" // an address of no machine (RFC 5737)
	c, err := (&net.Dialer{}).DialContext(ctx, "udp4", elsewhere)
	if err != nil {
		return netip.Addr{}
	}
	defer c.Close()
	address, err := netip.ParseAddrPort(c.LocalAddr().String())
	if err != nil || address.Addr().IsLoopback() {
		return netip.Addr{}
	}
	return address.Addr()
}
