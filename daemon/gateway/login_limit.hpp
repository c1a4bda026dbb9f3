#pragma once

#include "gateway/sessions.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <string>

namespace vigil::gateway {

/// How often a password may be tried. Counted by account and address together, so that nobody can lock a nurse out
/// from another desk, and by address alone against one who tries many accounts. An account that does not exist counts
/// like one that does. At most `places_max` places are remembered; the one heard of longest ago is forgotten.
class LoginLimit {
public:
    static constexpr unsigned free_tries = 5;          ///< wrong ones, of an account from an address
    static constexpr unsigned free_tries_address = 50; ///< and of an address: a ward may share one
    static constexpr std::chrono::seconds first_wait{2};
    static constexpr std::chrono::seconds longest_wait{900};
    static constexpr std::size_t places_max = 4096;

    /// How long this one has to wait before the next try; zero: it may try.
    [[nodiscard]] std::chrono::seconds wait(const std::string& user, const std::string& address, Moment now) const;
    /// Before the password is looked at: tries under way count as wrong until they were right.
    void tried(const std::string& user, const std::string& address, Moment now);
    void succeeded(const std::string& user, const std::string& address);
    [[nodiscard]] std::size_t places() const { return places_.size(); }

private:
    struct Place {
        unsigned wrong = 0;
        Moment last;
        std::chrono::seconds pause{0};
    };
    using Key = std::uint64_t; ///< a keyed digest: what was typed as a user is often a password, and is not kept
    static Key key_of(const std::string& user, const std::string& address);
    [[nodiscard]] std::chrono::seconds wait_of(Key key, Moment now) const;
    void count(Key key, unsigned free, Moment now);

    std::map<Key, Place> places_;
};

} // namespace vigil::gateway
