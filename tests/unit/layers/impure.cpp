// A deliberately impure stand-in for the core: check_symbols.py must catch it.
#include <chrono>
#include <cmath>

double impure(double x) {
    return std::pow(x, 1.5) + static_cast<double>(std::chrono::system_clock::now().time_since_epoch().count());
}
