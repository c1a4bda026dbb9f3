#pragma once
// Why a journal is not opened, read or copied. Nothing has been touched when one of these is returned.

#include <cassert>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace vigil::store {

struct Refusal {
    enum class Why {
        missing,        // no journal there
        in_use,         // another process writes it
        wrong_kind,     // production where simulated was asked for, or the reverse
        newer,          // written by a newer version
        older,          // written before the first format that is read
        damaged,        // an edit, a flipped bit, a gap
        cut,            // the end that was known to be durable is not there
        effects_differ, // stepping the recorded events gives other effects than were recorded
        bad_rulebook,   // the rulebook bytes of a segment cannot be read
        io,             // the system said no
    };
    Why why{};
    std::string where; // file, and sequence when known
    std::string what;  // one sentence for the operator
};
std::string_view name_of(Refusal::Why why);

// A T or the Refusal that stands in its place.
template <class T>
class [[nodiscard]] Result {
public:
    Result(T value)
        : value_{std::in_place_index<0>, std::move(value)} {}
    Result(Refusal refusal)
        : value_{std::in_place_index<1>, std::move(refusal)} {}
    explicit operator bool() const { return value_.index() == 0; }
    T& operator*() { return good(); }
    T const& operator*() const { return const_cast<Result*>(this)->good(); }
    T* operator->() { return &good(); }
    T const* operator->() const { return &**this; }
    Refusal const& refusal() const {
        assert(value_.index() == 1);
        return *std::get_if<1>(&value_);
    }

private:
    T& good() {
        assert(value_.index() == 0);
        return *std::get_if<0>(&value_);
    }
    std::variant<T, Refusal> value_;
};

struct Done {};

} // namespace vigil::store
