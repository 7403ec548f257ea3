# Stand-ins for official images, made from Debian's packages: each has the name, the
# port and the environment of the official image, not its content. A directory of images/
# is one build context; its first line names where the image goes.

images_up() {
  local name
  for name in "$@"; do
    [ -f "$here/images/$name/Dockerfile" ] || die "WORLD_IMAGES: there is no images/$name/Dockerfile"
    image_up "$name"
  done
}

# image_up NAME builds an image and puts it into the registry, unless what is there was
# made from the same files.
image_up() {
  local context=$here/images/$1 made=$world/images/$1 sum ref
  sum=$(cat "$context"/* "$here/images.sh" | sha256sum)
  if [ "$(cat "$made" 2>/dev/null)" = "$sum" ]; then return; fi
  base_up
  say "making the stand-in for $1 (once)"
  mkdir -p "$world/images"
  rm -rf "$world/context" && cp -r "$context" "$world/context"
  if [ -x "$context/prepare" ]; then (cd "$world/context" && ./prepare); fi
  ref=$registry/$(sed -n '1s/^# *//p' "$context/Dockerfile"):latest
  {
    docker build --network host -t "$ref" "$world/context" && docker push "$ref" && docker rmi "$ref"
  } >"$world/logs/image-$1" 2>&1 </dev/null || die "making the stand-in for $1 failed; see $world/logs/image-$1"
  rm -rf "$world/context"
  echo "$sum" >"$made"
}

# base_up loads a minimal Debian 12 into the engine; all stand-ins are built on it.
base_up() {
  if docker image inspect devup-world/base >/dev/null 2>&1; then return; fi
  if [ ! -s "$world/base.tar" ]; then
    say "making a minimal Debian 12 image (once)"
    mmdebstrap --variant=minbase --include=ca-certificates --dpkgopt=path-exclude='/usr/share/doc/*' \
      bookworm "$world/base.part.tar" "$(debian_mirror bookworm)" >"$world/logs/base" 2>&1 </dev/null ||
      die "mmdebstrap failed; see $world/logs/base"
    mv "$world/base.part.tar" "$world/base.tar"
  fi
  docker import - devup-world/base <"$world/base.tar" >/dev/null
}
