# Many creates at once, and creates that are killed.

check_ten_at_once() {
  crowd=$(seq 0 9)
  for i in $crowd; do
    bundle "crowd-$i" vm.example/node=fuse,vm.example/edit=env <<'EOF'
opens /dev/fuse rw
EOF
  done
  creates=
  for i in $crowd; do
    cdi-crun create --bundle "/run/bundles/crowd-$i" "crowd-$i" >"/run/bundles/crowd-$i/output" 2>&1 &
    creates="$creates $!"
  done
  for create in $creates; do
    wait "$create" || fail "a create failed: $(cat /run/bundles/crowd-*/output)"
  done
  for i in $crowd; do
    sed "s/crowd-0/crowd-$i/g" /run/bundles/crowd-0/config.json >/run/wanted.json
    expect_same /run/wanted.json "/run/bundles/crowd-$i/config.json"
    status 0 cdi-crun start "crowd-$i"
  done
  for i in $crowd; do
    until_line '/dev/fuse opens for rw' "/run/bundles/crowd-$i/output"
    status 0 cdi-crun delete --force "crowd-$i"
  done
}

# A create that is killed at any moment leaves the old document or the new one, and one that follows is not disturbed.
check_killed() {
  export CDI_RUNTIME_CONFIG=/vm/stand-in.yaml
  bundle killed vm.example/node=fuse,vm.example/node=disk,vm.example/edit=mount,vm.example/edit=hook </dev/null
  status 0 cdi-runtime create --bundle "$bundle" killed
  cp "$bundle/config.json" "$bundle/after.json"
  ! cmp -s "$bundle/before.json" "$bundle/after.json" || fail 'the create changes nothing'
  old=0 new=0 moment=20000
  for i in $(seq 50); do
    cp -p "$bundle/before.json" "$bundle/config.json"
    cdi-runtime create --bundle "$bundle" killed &
    usleep $((moment * (768 + RANDOM % 512) / 1024))
    kill -9 $! 2>/dev/null || true
    wait $! || true
    # earlier after a kill that came late, and the other way round: so most come when the file is replaced
    if cmp -s "$bundle/before.json" "$bundle/config.json"; then
      old=$((old + 1)) moment=$((moment + moment / 8))
    elif cmp -s "$bundle/after.json" "$bundle/config.json"; then
      new=$((new + 1)) moment=$((moment - moment / 8))
    else
      fail "after kill $i, config.json is neither the old one nor the new one"
    fi
  done
  [ $old -gt 0 ] && [ $new -gt 0 ] || fail "no kill came early, or none came late: old $old, new $new"
  cp -p "$bundle/before.json" "$bundle/config.json"
  status 0 cdi-runtime create --bundle "$bundle" killed
  expect_same "$bundle/after.json" "$bundle/config.json"
}

# The checks before clean up after themselves. Only a killed create may leave its temporary file.
check_nothing_left() {
  expect_value '' "$(crun list -q)" 'the list of containers'
  expect_value '' "$(find /sys/fs/cgroup/vm -mindepth 1 -type d)" 'the list of cgroups'
  expect_value '' "$(pidof crun cdi-crun cdi-runtime)" 'the list of processes'
  expect_value '' "$(find /run/bundles -name '.config.json.*' ! -path '*/killed/*')" 'the list of temporary files'
}
