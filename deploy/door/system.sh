# shellcheck shell=bash
# System packages: which are missing, and installing them without leaving a broker running.

package_list() { sed -e 's/#.*//' -e '/^[[:space:]]*$/d' -e 's/[[:space:]]//g' "$DOOR/packages.apt"; }

missing_packages() {
    local package
    package_list | while read -r package; do
        [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || printf '%s\n' "$package"
    done
}

install_system_packages() {
    { have apt-get && have dpkg-query; } || die "this is not a Debian system, so the system packages cannot be installed by themselves" \
        "install what corresponds to deploy/door/packages.apt, then run with KEREGE_SYSTEM_PACKAGES=skip"
    local missing
    mapfile -t missing < <(missing_packages)
    [ ${#missing[@]} -gt 0 ] || return 0
    local as_root=()
    if [ "$(id -u)" -ne 0 ]; then
        have sudo || die "system packages are missing and neither root nor sudo is at hand" \
            "as root: apt-get install --no-install-recommends ${missing[*]}"
        as_root=(sudo)
    fi
    say "installing system packages: ${missing[*]}"
    say "this takes a few minutes; apt's words go to .kerege/apt.log"
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive bash "$DOOR/apt-install.sh" "${missing[@]}" \
        >"$STATE/apt.log" 2>&1 </dev/null || {
        tail -n 20 "$STATE/apt.log" >&2
        die "apt could not install the system packages (its last words are above, all of them in .kerege/apt.log)" \
            "mend that, then run ./kerege setup again"
    }
}
