#include "gateway/sessions.hpp"

#include "gateway/request_words.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include <fmt/format.h>
#include <sodium.h>

namespace vigil::gateway {
namespace {

constexpr std::size_t secret_bytes = 32;
constexpr std::string_view saved_head = "vigil-sessions 1";

std::string hex(const unsigned char* bytes, std::size_t size) {
    std::string text(size * 2 + 1, '\0');
    sodium_bin2hex(text.data(), text.size(), bytes, size);
    text.pop_back();
    return text;
}

std::string random_secret() {
    std::array<unsigned char, secret_bytes> bytes{};
    randombytes_buf(bytes.data(), bytes.size());
    auto text = hex(bytes.data(), bytes.size());
    sodium_memzero(bytes.data(), bytes.size());
    return text;
}

/// Of as many bytes as a secret and its digest have.
std::optional<std::string> from_hex(const std::string& text) {
    std::array<unsigned char, secret_bytes> bytes{};
    std::size_t size = 0;
    if (text.size() != 2 * bytes.size() ||
        sodium_hex2bin(bytes.data(), bytes.size(), text.data(), text.size(), nullptr, &size, nullptr) != 0 ||
        size != bytes.size())
        return std::nullopt;
    return std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size());
}

Sessions::Key digest(const std::string& secret) {
    std::array<unsigned char, 32> out{};
    crypto_generichash(out.data(), out.size(), reinterpret_cast<const unsigned char*>(secret.data()), secret.size(),
                       nullptr, 0);
    return {reinterpret_cast<const char*>(out.data()), out.size()};
}

} // namespace

std::string Sessions::open(const std::string& user, Role role, Moment now, const std::string& account_state) {
    forget_ended(now);
    const auto of_user = [&user](const auto& entry) { return entry.second.user == user; };
    while (static_cast<std::size_t>(std::count_if(sessions_.begin(), sessions_.end(), of_user)) >= limits_.per_user) {
        auto oldest = sessions_.end();
        for (auto it = sessions_.begin(); it != sessions_.end(); ++it)
            if (of_user(*it) && (oldest == sessions_.end() || it->second.used < oldest->second.used)) oldest = it;
        sessions_.erase(oldest);
    }
    auto secret = random_secret();
    sessions_[digest(secret)] = {user, role, random_secret(), now, now, std::nullopt, {}, account_state};
    return secret;
}

std::optional<Sessions::Key> Sessions::key_of(const std::string& secret, Moment now) const {
    if (secret.size() != secret_bytes * 2) return std::nullopt;
    auto key = digest(secret);
    if (find(key, now) == nullptr) return std::nullopt;
    return key;
}

const Session* Sessions::find(const Key& key, Moment now) const {
    const auto found = sessions_.find(key);
    return found == sessions_.end() || now >= ends(found->second) ? nullptr : &found->second;
}

void Sessions::use(const Key& key, Moment now) {
    if (const auto found = sessions_.find(key); found != sessions_.end()) found->second.used = now;
}

bool Sessions::break_glass(const Key& key, const std::string& reason, Moment now) {
    const auto found = sessions_.find(key);
    if (found == sessions_.end() || !may(found->second.rights(now), Operation::break_glass)) return false;
    found->second.glass_until = now + limits_.broken_glass;
    found->second.glass_reason = reason;
    return true;
}

bool Sessions::mend_glass(const Key& key) {
    const auto found = sessions_.find(key);
    if (found == sessions_.end() || !found->second.glass_until) return false;
    found->second.glass_until.reset();
    found->second.glass_reason.clear();
    return true;
}

void Sessions::close(const Key& key) { sessions_.erase(key); }

std::size_t Sessions::close_user(const std::string& user) {
    return std::erase_if(sessions_, [&user](const auto& entry) { return entry.second.user == user; });
}

std::vector<std::string> Sessions::mend_due(Moment now) {
    std::vector<std::string> users;
    for (auto& [key, session] : sessions_) {
        if (!session.glass_until || now < *session.glass_until) continue;
        users.push_back(session.user);
        session.glass_until.reset();
        session.glass_reason.clear();
    }
    return users;
}

void Sessions::forget_ended(Moment now) {
    std::erase_if(sessions_, [&](const auto& entry) { return now >= ends(entry.second); });
}

std::string Sessions::save(Moment now, std::int64_t utc_ms) const {
    const auto utc_of = [now, utc_ms](Moment moment) {
        return utc_ms + std::chrono::duration_cast<std::chrono::milliseconds>(moment - now).count();
    };
    std::string text = fmt::format("{}\n", saved_head);
    for (const auto& [key, session] : sessions_)
        text += fmt::format("{}\t{}\t{}\t{}\t{}\t{}\t{}\n",
                            hex(reinterpret_cast<const unsigned char*>(key.data()), key.size()), session.user,
                            name_of(session.role), session.csrf, utc_of(session.opened), utc_of(session.used),
                            session.account_state);
    return text + fmt::format("end\t{}\n", sessions_.size());
}

bool Sessions::restore(const std::string& text, Moment now, std::int64_t utc_ms,
                       const std::function<bool(const Session&)>& still) {
    // The clock may have been set meanwhile: what would lie ahead is now.
    const auto moment_of = [now, utc_ms](std::uint64_t saved_ms) {
        return std::min(now, now - std::chrono::milliseconds(utc_ms - static_cast<std::int64_t>(saved_ms)));
    };
    const auto lines = split(text, '\n');
    if (lines.size() < 3 || lines.front() != saved_head || !lines.back().empty() ||
        lines[lines.size() - 2] != fmt::format("end\t{}", lines.size() - 3))
        return false;
    std::map<Key, Session> restored;
    for (std::size_t i = 1; i + 2 < lines.size(); ++i) {
        const auto fields = split(lines[i], '\t');
        if (fields.size() != 7) return false;
        const auto key = from_hex(fields[0]);
        const auto role = role_named(fields[2]);
        const auto opened = whole_number(fields[4]);
        const auto used = whole_number(fields[5]);
        if (!key || !role || !is_user(fields[1]) || !from_hex(fields[3]) || !opened || !used) return false;
        const Session session{fields[1], *role, fields[3], moment_of(*opened), moment_of(*used), {}, {}, fields[6]};
        if (still(session)) restored[*key] = session;
    }
    sessions_ = std::move(restored);
    forget_ended(now);
    return true;
}

Moment Sessions::ends(const Session& session) const {
    return std::min(session.opened + lifetime(session.role), session.used + limits_.idle);
}

std::chrono::seconds Sessions::lifetime(Role role) const {
    return role == Role::observer ? limits_.observer_lifetime : limits_.lifetime;
}

bool same_secret(const std::string& given, const std::string& expected) {
    return given.size() == expected.size() && sodium_memcmp(given.data(), expected.data(), given.size()) == 0;
}

} // namespace vigil::gateway
