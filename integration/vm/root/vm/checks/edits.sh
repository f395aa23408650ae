# The other edits of a spec, as the container sees them.

check_env() {
  run env vm.example/edit=env <<'EOF'
echo "GREETING is $GREETING"
EOF
  expect_line 'GREETING is hello from the spec' "$bundle/output"
}

check_mount() {
  run mount vm.example/edit=mount <<'EOF'
cat /opt/driver/greeting
echo more >>/opt/driver/greeting || echo 'and it is for reading'
EOF
  expect_line 'a file of the host' "$bundle/output"
  expect_line 'and it is for reading' "$bundle/output"
}

check_additional_gids() {
  run additional-gids vm.example/edit=gids <<'EOF'
grep ^Groups: /proc/self/status | tr -s '\t ' ' '
EOF
  grep -q '^Groups: .*4711 4712' "$bundle/output" || fail "the groups are: $(cat "$bundle/output")"
}

# It runs on the VM, with nothing but a PATH, and is told which container it is for.
check_hook() {
  rm -f /run/hook.*
  run hook vm.example/edit=hook </dev/null
  [ -f /run/hook.env ] || fail 'the hook did not run'
  tr '\0' '\n' </run/hook.env >"$bundle/env"
  echo 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' >"$bundle/wanted"
  expect_same "$bundle/wanted" "$bundle/env"
  expect_text '"hook"' /run/hook.state
}
