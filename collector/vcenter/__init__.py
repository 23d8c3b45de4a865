"""The wire to vCenter: the only package that imports pyVmomi."""
