# Sourced. Tells whether this machine has the library of an NVIDIA driver.

has_cuda_driver() {
  local folder folders
  # The loader's cache first; then the folders that a process would look through by itself.
  if { ldconfig -p || /sbin/ldconfig -p; } 2> /dev/null | grep -q 'libcuda\.so\.1'; then
    return 0
  fi
  folders="/usr/local/nvidia/lib64:/usr/lib/x86_64-linux-gnu:/usr/lib64:/usr/lib"
  IFS=: read -ra folders <<< "${LD_LIBRARY_PATH:-}:$folders"
  for folder in "${folders[@]}"; do
    [[ -n "$folder" && -e "$folder/libcuda.so.1" ]] && return 0
  done
  return 1
}
