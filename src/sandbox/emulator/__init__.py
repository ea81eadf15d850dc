"""A local stand-in for AWS: moto, made to behave where moto is too kind.

moto answers every call at once and forgives most mistakes. The real AWS takes
its time, answers reads from lagging replicas, refuses deletes while something
still hangs on the object, throttles, and now and then loses a reply. This
package runs moto in its own process and adds all of that, each part behind a
switch (see `behaviours`), for the services listed in `services`.

How a call travels: `server` takes the HTTP request, `wire` turns it into a
`Call`, `faults` may spoil it, the checks registered in `hooks` may refuse it,
`bridge` lets moto do the work, and `wire` writes the answer.
"""

__version__ = "0.1.0"
